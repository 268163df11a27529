package svc.cli;

import picocli.CommandLine.IVersionProvider;

/** What {@code --version} prints; the jar's manifest knows it. */
final class Version implements IVersionProvider {

  @Override
  public String[] getVersion() {
    String version = Main.class.getPackage().getImplementationVersion();
    return new String[] {"svc " + (version == null ? "(not packaged)" : version)};
  }
}
