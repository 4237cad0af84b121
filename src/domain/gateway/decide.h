/* SPDX-License-Identifier: Apache-2.0 */
/*
 * May this call be made? Pure: no store, no clock.
 *
 * A row says for each class of tools (read, write, execute) yes, no or nothing, and whether the
 * tool is enabled at all. The most specific level that says something decides: what stands for the
 * principal and his device, then for his groups by priority, then the default, then what is built
 * in (READ yes, WRITE and EXECUTE no, enabled). Inside a level a row for the tool goes before one
 * for its server, and that before one for all. Of equals, no wins. A yes whose conditions do not
 * hold is a no.
 *
 * In the same order the rows say whether a call waits for a person's yes; of equals, that it does.
 * What the tool itself wants no row waives.
 */
#ifndef DOMAIN_GATEWAY_DECIDE_H
#define DOMAIN_GATEWAY_DECIDE_H

#include "domain/gateway/access.h"
#include "domain/gateway/catalogue.h"

/*
 * Prompts and resources are named like tools: they are what only reads, as "prompt:NAME" and
 * "resource:URI". A row may stand for all of a kind ("prompt:*"); it goes before one for the whole
 * server. They are not pinned, and nobody is asked for a yes to them: where the rows want one, it
 * is a no.
 */
#define GATE_PROMPT   "prompt:"
#define GATE_RESOURCE "resource:"
bool gate_is_tool(str_t name);

/* In place of a server in a row: the own Home Assistants of all persons. */
extern const oid_t gate_own_homeassistant;

struct gate_ask {
    const struct gate_access *access;
    const struct gate_server *server;
    str_t tool; /* as its server calls it; or a prompt or resource */
    enum gate_class class;
    const struct json *arguments; /* of the call; NULL: it has none */
    bool list; /* for a list of tools: what looks at arguments is taken to hold */
};

struct gate_decision {
    bool allowed;        /* the call, as it is */
    bool listed;         /* some call of the tool would be */
    bool needs_approval; /* where allowed: a person must say yes first */
    oid_t rule;          /* the row that decided; zero: none did */
    const char *source;  /* of that row, or "built-in" "server" "owner" "pin" "principal" */
    const char *reason;  /* one sentence for the record */
    oid_t approval_rule; /* the row that wants the yes; zero: the tool itself does, or nothing */
};

void gate_decide(const struct gate_ask *ask, struct gate_decision *ret);

/* Of a tool that gate_decide refuses: does nothing stand in the way but that no permission gives
 * it? What is switched off, waits for approval or is given under conditions that do not hold is not
 * for the asking. */
bool gate_may_be_given(const struct gate_ask *ask);

/* What the rows say of one place, class by class: what a permission there would inherit. */
struct gate_flags {
    bool can[GATE_CLASSES];
    bool enabled;
    bool approval; /* by the rows alone */
    const char *source[GATE_CLASSES];
    oid_t rule[GATE_CLASSES]; /* the row that decides; zero: none does */
};
struct gate_place {
    oid_t server; /* zero: every one */
    str_t tool;   /* "*": every one */
};
/* `without`: this row is left out. Conditions on arguments are taken to hold. */
void gate_flags(const struct gate_access *access, const struct gate_place *place, oid_t without,
                struct gate_flags *ret);

#endif
