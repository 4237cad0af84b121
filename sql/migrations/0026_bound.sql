-- When somebody was first bound to an application; NULL: nobody ever was. A client that came by itself rests on each
-- person's consent only until then, so that taking its last binding away opens it to nobody.
ALTER TABLE application ADD COLUMN bound_at @ts;
UPDATE application SET bound_at = created_at
WHERE EXISTS (SELECT 1 FROM application_binding b WHERE b.application_id = application.id);
