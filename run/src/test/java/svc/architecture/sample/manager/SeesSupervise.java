package svc.architecture.sample.manager;

import svc.supervise.Supervise;

/** Goes past the messages. */
final class SeesSupervise {
  final Class<?> other = Supervise.class;
}
