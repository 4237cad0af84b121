/* SPDX-License-Identifier: Apache-2.0 */
#ifndef DOMAIN_GATEWAY_CLASS_H
#define DOMAIN_GATEWAY_CLASS_H

#include "base/str.h"

/* What a call of a tool is; zero is of no tool, and nobody may. */
enum gate_class { GATE_CLASS_NONE, GATE_READ, GATE_WRITE, GATE_EXECUTE, GATE_CLASSES };

const char *gate_class_name(enum gate_class c); /* "READ" "WRITE" "EXECUTE" */
err_t gate_class_parse(str_t name, enum gate_class *ret) MUST_USE;

#endif
