package svc.architecture.sample.supervise;

import svc.manager.DeclarationDirectory;

/** Knows what only the manager knows. */
final class SeesManager {
  final Class<?> other = DeclarationDirectory.class;
}
