package svc.testkit;

/**
 * One thing that a type or its bundle is held to. In JUnit 5 it becomes a test of its own by {@code
 * DynamicTest.stream(checks, Check::name, Check::run)}.
 *
 * @param name what has to hold, one line for people
 * @param body throws an AssertionError when it does not
 */
public record Check(String name, Runnable body) {

  /**
   * Looks whether it holds. Any thread.
   *
   * @throws AssertionError when it does not hold, with what was found
   */
  public void run() {
    body.run();
  }

  @Override
  public String toString() {
    return name;
  }
}
