/* SPDX-License-Identifier: GPL-2.0-only */
/* SPDX-FileCopyrightText: 2026 The mmnotify authors */
/* A test reaches the parameters of the module by the pointers shim_param_NAME and shim_ops_NAME. */
#ifndef SHIM_MODULEPARAM_H
#define SHIM_MODULEPARAM_H

struct kernel_param {
	const char *name;
	void *arg;
};

struct kernel_param_ops {
	int (*set)(const char *val, const struct kernel_param *kp);
	int (*get)(char *buffer, const struct kernel_param *kp);
};

int param_set_bool(const char *val, const struct kernel_param *kp);
int param_get_bool(char *buffer, const struct kernel_param *kp);

#define module_param(name, type, perm)	char **const shim_param_##name = &(name)
#define module_param_unsafe		module_param
#define module_param_cb(name, ops, arg, perm)				\
	const struct kernel_param_ops *const shim_ops_##name = ops;	\
	bool *const shim_param_##name = arg
#define module_param_cb_unsafe		module_param_cb

#define MODULE_PARM_DESC(name, text)
#define __MODULE_PARM_TYPE(name, type)	struct kernel_param

#endif /* SHIM_MODULEPARAM_H */
