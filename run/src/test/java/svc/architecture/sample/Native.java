package svc.architecture.sample;

import org.newsclub.net.unix.AFUNIXSocket;

/** Goes to the operating system without asking the kernel's port. */
final class Native {
  final Class<?> socket = AFUNIXSocket.class;
}
