package svc.os;

/** What became of a {@link Spawn}. */
public sealed interface Spawned {

  /**
   * It runs.
   *
   * @param pid its process id
   */
  record Child(int pid) implements Spawned {}

  /**
   * It does not.
   *
   * @param stage the step that failed
   * @param subject what the stage was about: the user's name, the directory, the program
   * @param errno why
   */
  record Failure(Stage stage, String subject, Errno errno) implements Spawned {
    @Override
    public String toString() {
      return stage.text() + " " + subject + ": " + errno;
    }
  }

  /** Which step of starting a process failed, in the order they are taken. */
  enum Stage {
    /** Looking its user up. */
    USER("find user"),
    /** Making what has to be there first. */
    PREPARE("make directory"),
    /** chdir(2). */
    DIRECTORY("enter directory"),
    /** Opening descriptor 0. */
    INPUT("open input"),
    /** Opening descriptor 1 or 2. */
    OUTPUT("open output"),
    /** execve(2). */
    EXEC("execute"),
    /** fork(2): there are too many processes, or too little memory. */
    FORK("create a process for");

    private final String text;

    Stage(String text) {
      this.text = text;
    }

    /** {@return the step as a sentence begins: {@code open input}} */
    public String text() {
      return text;
    }
  }
}
