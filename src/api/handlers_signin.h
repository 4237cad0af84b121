/* SPDX-License-Identifier: Apache-2.0 */
#ifndef API_HANDLERS_SIGNIN_H
#define API_HANDLERS_SIGNIN_H

#include "api/shapes_signin.h"

/* h_login.c */
handler_f login_show;
handler_f login_go;
handler_f logout_show;
handler_f logout_go;
/* h_recover.c */
handler_f recover_show;
handler_f recover_go;
handler_f recovery_show;
handler_f recovery_prepare;
handler_f recovery_go;
/* h_setup.c */
handler_f setup_show;
handler_f setup_prepare;
handler_f setup_go;
/* h_auth.c */
handler_f auth_login;
handler_f auth_refresh;
handler_f auth_finish;
handler_f auth_logout;
handler_f auth_me;
/* h_sessions.c */
handler_f sessions_list;
handler_f sessions_delete;
handler_f user_sessions_list;
handler_f user_sessions_delete;
handler_f user_recovery;

#endif
