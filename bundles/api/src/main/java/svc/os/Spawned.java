package svc.os;

/** What became of a {@link Spawn}. */
public sealed interface Spawned {

  /** It runs. */
  record Child(int pid) implements Spawned {}

  /**
   * It does not.
   *
   * @param subject what the stage was about: the user's name, the directory, the program
   */
  record Failure(Stage stage, String subject, Errno errno) implements Spawned {
    @Override
    public String toString() {
      return stage.text() + " " + subject + ": " + errno;
    }
  }

  /** Which step of starting a process failed, in the order they are taken. */
  enum Stage {
    USER("find user"),
    PREPARE("make directory"),
    DIRECTORY("enter directory"),
    INPUT("open input"),
    OUTPUT("open output"),
    EXEC("execute"),
    FORK("create a process for");

    private final String text;

    Stage(String text) {
      this.text = text;
    }

    public String text() {
      return text;
    }
  }
}
