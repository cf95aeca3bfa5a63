# SPDX-License-Identifier: GPL-2.0-only
# SPDX-FileCopyrightText: 2026 The mmnotify authors
"""
Runs tests of rdma-core and prints TAP. This file must be in rdma-core's folder "tests".
Usage: rdma_tap.py --dev DEVICE TEST...   (test_odp.OdpTestCase.test_odp_rc_traffic)
"""
import importlib.machinery
import os
import sys
import traceback
import unittest

from args_parser import parser


class Tap(unittest.TestResult):
    """One line per test; a skipped test has not passed."""
    def line(self, ok, test, comment=''):
        print(f'{"" if ok else "not "}ok {self.testsRun} - {test.id().removeprefix("tests.")}')
        for text in comment.splitlines():
            print('#', text)

    def addSuccess(self, test):
        self.line(True, test)

    def addSkip(self, test, reason):
        self.line(False, test, 'skipped: ' + reason)

    def addFailure(self, test, err):
        self.line(False, test, ''.join(traceback.format_exception(*err)[-2:]))

    addError = addFailure


here = os.path.dirname(os.path.abspath(__file__))
tests = importlib.machinery.SourceFileLoader(
    'tests', os.path.join(here, '__init__.py')).load_module()
# The 10 s that rdma-core waits for a completion are too short on an emulated machine.
importlib.import_module('tests.utils').POLL_CQ_TIMEOUT = 60
parser.parse_args()
suite = unittest.defaultTestLoader.loadTestsFromNames(sys.argv[1:], tests)
suite.run(Tap())
print(f'1..{suite.countTestCases()}')
