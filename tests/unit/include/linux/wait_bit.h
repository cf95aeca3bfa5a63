/* SPDX-License-Identifier: GPL-2.0-only */
/* SPDX-FileCopyrightText: 2026 The mmnotify authors */
/* A test stands in for the tasks that change the condition, and checks that they wake it. */
#ifndef SHIM_WAIT_BIT_H
#define SHIM_WAIT_BIT_H

#include <linux/jiffies.h>

void shim_wait_for(void *var);
void wake_up_var(void *var);

/* Return: did the condition become true? The test lets the time pass. */
#define wait_var_event_timeout(var, cond, timeout) ({	\
	(void)(timeout);				\
	shim_wait_for(var);				\
	cond;						\
})

#define wait_var_event(var, cond)	do {	\
	while (!(cond))				\
		shim_wait_for(var);		\
} while (0)

#endif /* SHIM_WAIT_BIT_H */
