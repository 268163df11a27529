package svc.cli;

import java.util.concurrent.Callable;

/** What all commands have: what they find around them. */
abstract class Subcommand implements Callable<Integer> {

  final Session session;

  Subcommand(Session session) {
    this.session = session;
  }

  /** Runs it and gives its exit status. */
  @Override
  public abstract Integer call() throws Failure;
}
