/* SPDX-License-Identifier: Apache-2.0 */
/* A client_id that is the URL of a document: fetched before the transaction, kept in it. */
#ifndef API_CLIENT_DOCUMENT_H
#define API_CLIENT_DOCUMENT_H

#include "api/remote_doc.h"
#include "domain/oauth/client_document.h"

struct client_body;
/* As a client that registers itself says it, or its document. */
struct client_metadata client_body_metadata(const struct client_body *b);

/* What a client names elsewhere: its document, its key set. The errors of remote_doc_get. */
err_t client_remote_doc(struct request *rq, str_t url, size_t max, enum remote_doc_how how,
                        str_t *ret) MUST_USE;

enum { CLIENT_DOCUMENT_MAX = 5 * 1024 };

/* In prepare, as its last step that reads the store. *ret is NULL where client_id is no URL.
 * E_INVALID_REQUEST: not such a URL, switched off by the settings, or no document of it there.
 * E_OVERLOADED. */
err_t client_document_get(struct request *rq, str_t client_id,
                          const struct client_document **ret) MUST_USE;
/* In the transaction: the row follows the document, and the record says so. NULL is fine. */
err_t client_document_take(struct request *rq, const struct client_document *doc) MUST_USE;

#endif
