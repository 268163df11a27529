package svc.architecture.sample.init;

import svc.nv.NvList;

/** Takes part in the IPC. */
final class SpeaksNv {
  final NvList list = NvList.EMPTY;
}
