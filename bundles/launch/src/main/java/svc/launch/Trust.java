package svc.launch;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.security.CodeSigner;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.CertPathValidator;
import java.security.cert.CertPathValidatorException;
import java.security.cert.PKIXParameters;
import java.util.Map;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.regex.Pattern;
import svc.launch.logic.Owners;

/**
 * Whose code is loaded: files of root's and our own that nobody else may write to; with a trust
 * store only those that are signed (jarsigner(1)) by somebody whom it names.
 */
final class Trust {

  /** What describes signatures is not signed itself. */
  private static final Pattern OF_SIGNATURES =
      Pattern.compile(
          "META-INF/(MANIFEST\\.MF|SIG-[^/]*|[^/]*\\.(SF|RSA|DSA|EC))", Pattern.CASE_INSENSITIVE);

  private static final int REGULAR = 0100000;
  private static final int KIND = 0170000;
  private static final int SYMBOLIC_LINK = 0120000;

  private final PKIXParameters anchors;
  private final int us;

  private Trust(PKIXParameters anchors, int us) {
    this.anchors = anchors;
    this.us = us;
  }

  /**
   * @param store a key store with trusted certificates, or null: signatures are not asked for
   * @param password its password; or null: the first line of the file {@code STORE.password}, or
   *     none where that is not there
   */
  static Trust of(Path store, String password) throws IOException {
    int us = (int) Files.getAttribute(Path.of("/proc/self"), "unix:uid");
    return new Trust(store == null ? null : anchors(store, password), us);
  }

  private static PKIXParameters anchors(Path store, String password) throws IOException {
    try {
      String word = password == null ? passwordBeside(store) : password;
      char[] characters = word == null ? null : word.toCharArray();
      PKIXParameters anchors = new PKIXParameters(KeyStore.getInstance(store.toFile(), characters));
      anchors.setRevocationEnabled(false); // nobody is asked over a network here
      return anchors;
    } catch (GeneralSecurityException e) {
      throw new IOException(store + ": no trust store: " + e.getMessage(), e);
    }
  }

  private static String passwordBeside(Path store) throws IOException {
    Path file = store.resolveSibling(store.getFileName() + ".password");
    return Files.exists(file) ? Files.readString(file).lines().findFirst().orElse("") : null;
  }

  /** What is wrong with the directory or one above it, or empty. */
  String problemOfDirectory(Path directory) throws IOException {
    Path real = directory.toRealPath();
    String problem = Owners.problem(uid(real), mode(real), us);
    if (!problem.isEmpty()) return directory + ": " + problem;
    for (Path above = real.getParent(); above != null; above = above.getParent()) {
      problem = Owners.problemAbove(uid(above), mode(above), us);
      if (!problem.isEmpty()) return above + ": " + problem;
    }
    return "";
  }

  /** What is wrong with a file as a file, or empty. */
  String problemOfFile(Path file) throws IOException {
    int mode = mode(file);
    if ((mode & KIND) == SYMBOLIC_LINK) return "it is a symbolic link";
    if ((mode & KIND) != REGULAR) return "it is no regular file";
    return Owners.problem(uid(file), mode, us);
  }

  private static int uid(Path file) throws IOException {
    return (int) Files.getAttribute(file, "unix:uid", LinkOption.NOFOLLOW_LINKS);
  }

  private static int mode(Path file) throws IOException {
    return (int) Files.getAttribute(file, "unix:mode", LinkOption.NOFOLLOW_LINKS);
  }

  /**
   * What is wrong with its signatures, or empty; where there is no trust store nothing is.
   *
   * @param jar nobody else's to write to
   */
  String problemOfSignatures(Path jar) {
    if (anchors == null) return "";
    try (JarFile file = new JarFile(jar.toFile(), true)) {
      for (JarEntry entry : (Iterable<JarEntry>) file.stream()::iterator) {
        String problem = problem(file, entry);
        if (!problem.isEmpty()) return problem;
      }
      return "";
    } catch (SecurityException e) {
      return "its signature is broken: " + e.getMessage();
    } catch (IOException | GeneralSecurityException e) {
      return "its signature cannot be read: " + e.getMessage();
    }
  }

  private String problem(JarFile file, JarEntry entry)
      throws IOException, GeneralSecurityException {
    if (entry.isDirectory() || OF_SIGNATURES.matcher(entry.getName()).matches()) return "";
    try (InputStream bytes = file.getInputStream(entry)) {
      bytes.transferTo(java.io.OutputStream.nullOutputStream()); // signers are known at the end
    }
    CodeSigner[] signers = entry.getCodeSigners();
    if (signers == null) return entry.getName() + " is not signed";
    for (CodeSigner signer : signers) if (isTrusted(signer)) return "";
    return entry.getName() + " is signed by nobody in the trust store";
  }

  private boolean isTrusted(CodeSigner signer) throws GeneralSecurityException {
    var path = signer.getSignerCertPath();
    var first = path.getCertificates().get(0);
    boolean itself =
        anchors.getTrustAnchors().stream().anyMatch(each -> first.equals(each.getTrustedCert()));
    if (itself) return true;
    try {
      CertPathValidator.getInstance("PKIX").validate(path, anchors);
      return true;
    } catch (CertPathValidatorException e) {
      return false;
    }
  }

  /** What a file is and whose; another file of the same name, or a changed one, has another. */
  static Map<String, Object> print(Path file) throws IOException {
    return Files.readAttributes(
        file, "unix:ino,size,lastModifiedTime,ctime,uid,mode", LinkOption.NOFOLLOW_LINKS);
  }
}
