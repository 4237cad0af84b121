/* SPDX-License-Identifier: Apache-2.0 */
/* What an upstream lists, as it sent it: read once, page by page, believed for a while. Its tools
 * are written down before anybody sees them (port.h, sight). */
#ifndef MCP_NODE_LIST_H
#define MCP_NODE_LIST_H

#include "mcp/trip.h"

enum node_list_kind { LIST_TOOLS, LIST_PROMPTS, LIST_RESOURCES, LIST_TEMPLATES, NODE_LISTS };

struct node;

struct list_item {
    str_t name; /* what it is called by: name, uri or uriTemplate */
    str_t raw;
};
struct list_items { /* counted, never changed */
    size_t n;
    const struct list_item *v;
    struct arena *arena; /* owns it: see list_items_drop */
    unsigned holds;
};

enum list_state { LISTED_NOT, LISTED_READING, LISTED_SIGHTED, LISTED_WELL, LISTED_BADLY };

/* Who waits for a list. */
struct list_wait {
    struct list_wait *next;
    struct node_list *list;       /* NULL: it waits for nothing */
    const struct node_list *from; /* when it is told: of whom */
    void (*told)(struct list_wait *w);
};

struct node_list {
    struct node *node;
    enum node_list_kind kind;
    enum list_state state;
    struct list_items *items; /* NULL: none were read yet, or they could not be */
    dur_t at;                 /* when it was read, or failed */
    bool stale;               /* it changed while it was read: once more */
    err_t e;
    struct list_wait *waits;
    struct trip trip;
    struct arena *arena; /* of reading */
    struct buf *pages;
    size_t pages_n;
};

/* The method that lists, the member that its result has, and what items are called by there. */
struct list_words {
    const char *method;
    const char *member;
    const char *name;
};
extern const struct list_words list_words[NODE_LISTS];

/* Told once, perhaps before the return: list->items or list->e. ret: whether it was there already.
 */
bool node_list_await(struct node *n, enum node_list_kind kind, struct list_wait *w);
void node_list_forget(struct list_wait *w);
/* It is no longer true. */
void node_list_drop(struct node *n, enum node_list_kind kind);
void node_list_fini(struct node_list *l);
struct list_items *list_items_hold(struct list_items *items);
void list_items_drop(struct list_items *items);
const struct list_item *list_items_find(const struct list_items *items, str_t name);

#endif
