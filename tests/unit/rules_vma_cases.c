// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: 2026 The mmnotify authors
/*
 * Cases of classify: the ends of mappings, moves, and the memory of victims.
 */
#include "rules_cases.h"

/* clang-format off */
static const struct test_case cases[] = {
	{ "exit releases", CLASS(RELEASE), BITS(EXITING), IS(RELEASE, EXIT, ALL) },
	{ "exec releases", CLASS(RELEASE), SYS(EXEC), IS(RELEASE, EXEC, ALL) },
	{ "another task's mmput releases", CLASS(RELEASE), SYS(OTHER), IS(RELEASE, EXIT, ALL) },
	{ "a failing exec that kills is an exit", CLASS(RELEASE), SYSB(EXEC, EXITING), IS(RELEASE, EXIT, ALL) },

	{ "exit unmaps", CLASS(UNMAP), BITS(DYING | EXITING), IS(UNMAP, EXIT, ALL) },
	{ "another task's mmput unmaps", CLASS(UNMAP), SYSB(MUNMAP, DYING), IS(UNMAP, EXIT, ALL) },
	{ "exec unmaps", CLASS(UNMAP), SYSB(EXEC, DYING), IS(UNMAP, EXEC, ALL) },
	{ "a failing exec that kills unmaps as exit", CLASS(UNMAP), SYSB(EXEC, DYING | EXITING), IS(UNMAP, EXIT, ALL) },
	{ "exec unmaps from its new mm", CLASS(UNMAP), SYSB(EXEC, LOCAL), IS(UNMAP, EXEC, ALL) },
	{ "exec is not of another mm", CLASS(UNMAP), SYS(EXEC), F0, IS(UNMAP, UNMAP, ALL) },
	{ "a kernel thread that execs", CLASS(UNMAP), BITS(LOCAL), F3(MMAP, MUNMAP, EXEC), IS(UNMAP, EXEC, ALL) },

	{ "munmap", CLASS(UNMAP), SYSB(MUNMAP, LOCAL), IS(UNMAP, MUNMAP, ALL) },
	{ "munmap is not of another mm", CLASS(UNMAP), SYS(MUNMAP), F0, IS(UNMAP, UNMAP, ALL) },
	{ "io_destroy unmaps its ring", CLASS(UNMAP), SYSB(IO_DESTROY, LOCAL), IS(UNMAP, MUNMAP, ALL) },
	{ "io_destroy is not of another mm", CLASS(UNMAP), SYS(IO_DESTROY), F0, IS(UNMAP, UNMAP, ALL) },
	{ "MAP_FIXED over it", CLASS(UNMAP), SYSB(MMAP, LOCAL), ARG(3, MAP_FIXED | 2), IS(UNMAP, MMAP_FIXED, ALL) },
	{ "MAP_FIXED is not of another mm", CLASS(UNMAP), SYS(MMAP), ARG(3, MAP_FIXED | 2), F0, IS(UNMAP, UNMAP, ALL) },
	{ "MAP_FIXED is a flag", CLASS(UNMAP), SYSB(MMAP, LOCAL), ARG(3, 2), IS(UNMAP, MMAP_ERROR, ALL) },
	{ "a mmap that fails takes back", CLASS(UNMAP), SYSB(MMAP, LOCAL), ARG(3, GARBAGE | 1), IS(UNMAP, MMAP_ERROR, ALL) },
	{ "mmap is not of another mm", CLASS(UNMAP), SYS(MMAP), ARG(3, 2), F0, IS(UNMAP, UNMAP, ALL) },
	{ "SHM_REMAP over it", CLASS(UNMAP), SYSB(SHMAT, LOCAL), IS(UNMAP, MMAP_FIXED, ALL) },
	{ "shmat is not of another mm", CLASS(UNMAP), SYS(SHMAT), F0, IS(UNMAP, UNMAP, ALL) },
	{ "remap_file_pages over it", CLASS(UNMAP), SYSB(REMAP_FILE_PAGES, LOCAL), IS(UNMAP, MMAP_FIXED, ALL) },
	{ "remap_file_pages is not of another mm", CLASS(UNMAP), SYS(REMAP_FILE_PAGES), F0, IS(UNMAP, UNMAP, ALL) },

	{ "mremap: the old mapping at the target", CLASS(UNMAP), SYSB(MREMAP, LOCAL | AT_TARGET), ARG(3, MREMAP_FIXED | 1), IS(UNMAP, MREMAP_FIXED, ALL) },
	{ "mremap: at no target without the flag", CLASS(UNMAP), SYSB(MREMAP, LOCAL | AT_TARGET), ARG(3, 1), IS(UNMAP, MREMAP_MOVE, ALL) },
	{ "mremap: the flag alone moves", CLASS(UNMAP), SYSB(MREMAP, LOCAL), ARG(3, MREMAP_FIXED | 1), IS(UNMAP, MREMAP_MOVE, ALL) },
	{ "mremap: at the target of another mm", CLASS(UNMAP), SYSB(MREMAP, AT_TARGET), ARG(3, MREMAP_FIXED | 1), F0, IS(UNMAP, UNMAP, ALL) },
	{ "a target is mremap's", CLASS(UNMAP), SYSB(BRK, LOCAL | AT_TARGET), ARG(3, MREMAP_FIXED), IS(UNMAP, BRK, ALL) },
	{ "mremap: the tail", CLASS(UNMAP), SYSB(MREMAP, LOCAL | AT_TAIL), ARG(3, 0), IS(UNMAP, MREMAP_SHRINK, ALL) },
	{ "mremap: the tail, to a fixed address", CLASS(UNMAP), SYSB(MREMAP, LOCAL | AT_TAIL), ARG(3, MREMAP_FIXED | 1), IS(UNMAP, MREMAP_SHRINK, ALL) },
	{ "mremap: the tail of another mm", CLASS(UNMAP), SYSB(MREMAP, AT_TAIL), F0, IS(UNMAP, UNMAP, ALL) },
	{ "a tail is mremap's", CLASS(UNMAP), SYSB(BRK, LOCAL | AT_TAIL), IS(UNMAP, BRK, ALL) },
	{ "mremap: the source", CLASS(UNMAP), SYSB(MREMAP, LOCAL), ARG(3, 1), IS(UNMAP, MREMAP_MOVE, ALL) },
	{ "mremap is not of another mm", CLASS(UNMAP), SYS(MREMAP), F0, IS(UNMAP, UNMAP, ALL) },
	{ "brk", CLASS(UNMAP), SYSB(BRK, LOCAL), IS(UNMAP, BRK, ALL) },
	{ "brk is not of another mm", CLASS(UNMAP), SYS(BRK), F0, IS(UNMAP, UNMAP, ALL) },
	{ "shmdt", CLASS(UNMAP), SYSB(SHMDT, LOCAL), IS(UNMAP, SHMDT, ALL) },
	{ "shmdt is not of another mm", CLASS(UNMAP), SYS(SHMDT), F0, IS(UNMAP, UNMAP, ALL) },

	{ "shmdt by the stack", CLASS(UNMAP), BITS(LOCAL), F1(SHMDT), IS(UNMAP, SHMDT, ALL) },
	{ "mremap by the stack", CLASS(UNMAP), BITS(LOCAL), F2(SHRINK_VMA, MREMAP), IS(UNMAP, MREMAP, ALL) },
	{ "mmap by the stack", CLASS(UNMAP), BITS(LOCAL), F2(MMAP, MMAP), IS(UNMAP, MMAP_FIXED, ALL) },
	{ "a driver's vm_mmap over it", CLASS(UNMAP), SYSB(IOCTL, LOCAL), F2(MMAP, MODULE), IS(UNMAP, MMAP_FIXED, ALL) },
	{ "a driver's vm_munmap", CLASS(UNMAP), SYSB(IOCTL, LOCAL), F2(MUNMAP, MODULE), IS(UNMAP, MUNMAP, ALL) },
	{ "the stack tells nothing", CLASS(UNMAP), BITS(LOCAL), F0, IS(UNMAP, UNMAP, ALL) },
	{ "a kernel thread unmaps", CLASS(UNMAP), BITS(KTHREAD), F0, IS(UNMAP, UNMAP, ALL) },

	{ "mremap moves", CLASS(MOVE), SYSB(MREMAP, LOCAL), ARG(3, 3), IS(UNMAP, MREMAP_MOVE, ALL) },
	{ "MREMAP_DONTUNMAP clears, the old VMA stays", CLASS(MOVE), SYSB(MREMAP, LOCAL), ARG(3, MREMAP_DONTUNMAP | 1), IS(CLEAR, MREMAP_DONTUNMAP, CLEAR) },
	{ "another mm's move is a guess", CLASS(MOVE), SYS(MREMAP), ARG(3, MREMAP_DONTUNMAP), F0, GUESS(UNMAP, MREMAP) },
	{ "another mm's move is a guess without the flag", CLASS(MOVE), SYS(MREMAP), ARG(3, 1), F1(MREMAP), GUESS(UNMAP, MREMAP) },
	{ "a move in no system call is a guess", CLASS(MOVE), BITS(LOCAL | TRUSTED), ARG(3, MREMAP_DONTUNMAP), F0, GUESS(UNMAP, MREMAP) },
	{ "a move in another system call is a guess", CLASS(MOVE), SYSB(MMAP, LOCAL), ARG(3, MREMAP_DONTUNMAP), F0, GUESS(UNMAP, MREMAP) },
	{ "exec moves its stack", CLASS(MOVE), SYSB(EXEC, LOCAL), IS(UNMAP, EXEC, ALL) },
	{ "exec moves no stack of another mm", CLASS(MOVE), SYS(EXEC), F0, GUESS(UNMAP, MREMAP) },
	{ "a kernel thread that execs moves its stack", CLASS(MOVE), BITS(LOCAL), F1(EXEC), IS(UNMAP, EXEC, ALL) },
	{ "a move of hugetlb, widened", CLASS(MOVE_HUGETLB), SYSB(MREMAP, LOCAL), ARG(3, 1), ISW(CLEAR, MREMAP_MOVE, CLEAR) },

	{ "the OOM reaper clears", CLASS(REAP), BITS(OOM_REAPER), IS(CLEAR, OOM_REAPER, CLEAR) },
	{ "process_mrelease clears", CLASS(REAP), SYS(PROCESS_MRELEASE), IS(CLEAR, PROCESS_MRELEASE, CLEAR) },
	{ "a victim on 5.10 reaps itself", CLASS(REAP), BITS(DYING | EXITING), IS(CLEAR, EXIT, CLEAR) },
	{ "an unknown caller reaps", CLASS(REAP), BITS(KTHREAD), IS(CLEAR, REAP, CLEAR) },
};

/* clang-format on */

const struct test_list vma_list = { cases, ARRAY_SIZE(cases) };
