package svc.architecture.sample.testkit;

import org.junit.jupiter.api.DynamicTest;

/** Needs a test framework, and is not a test. */
final class PicksTheFramework {
  DynamicTest test;
}
