package gongbei.verifier.rules;

import gongbei.codec.file.FileContent;
import gongbei.codec.file.FollowedFiles;
import gongbei.codec.file.Reloadable;
import gongbei.codec.trust.FileFault;
import gongbei.verifier.limits.ClientLimits;
import gongbei.verifier.national.NationalDocuments;
import gongbei.verifier.national.NationalRuleException;
import gongbei.verifier.national.NationalRules;
import gongbei.verifier.revocation.RevocationException;
import gongbei.verifier.revocation.RevocationSet;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Holds the rulesets in force: those of the log, and for kinds of checkpoints that it has none for
 * those of a directory of {@code *.yaml}. Both are read as a whole or not at all, so that a fault
 * in one leaves all as they were. For any thread; reading the directory, taking the log's rules and
 * taking its lists of revoked codes are each for one at a time, which may be different ones: what
 * takes long, compiling rules and putting revoked codes together, holds no other up.
 */
public final class RulesetStore {
  private static final List<String> SHIPPED =
      List.of("metro", "hospital", "border-to-macau", "border-to-guangdong");

  private static final int MAX_FILES = 10_000;

  private final Reloadable<List<Ruleset>, RulesetException> own;
  private List<Ruleset> logged = List.of();
  private Map<String, byte[]> loggedNational = Map.of();
  private Map<String, byte[]> loggedRevoked = Map.of();
  private volatile Rulesets current;

  private RulesetStore(List<Ruleset> rulesets) {
    own = Reloadable.fixed(rulesets);
    current = new Rulesets(rulesets);
  }

  private RulesetStore(Path directory) throws RulesetException {
    own =
        Reloadable.of(
            FollowedFiles.ofDirectory(
                directory, Set.of(".yaml"), MAX_FILES, ClientLimits.MAX_RULESET_BYTES),
            (files, before) -> read(directory, files, before),
            fault -> new RulesetException(directory + " " + FileFault.reasonOf(fault)),
            List.of());
    reloadIfChanged();
  }

  /** The four rulesets that Gongbei ships, which never change. */
  public static RulesetStore shipped() {
    final List<Ruleset> rulesets = new ArrayList<>();
    for (final String name : SHIPPED) {
      final String resource = "/gongbei/rulesets/" + name + ".yaml";
      try (InputStream yaml = RulesetStore.class.getResourceAsStream(resource)) {
        rulesets.add(RulesetReader.read(resource, yaml));
      } catch (IOException | RulesetException e) {
        throw new IllegalStateException(e);
      }
    }
    return new RulesetStore(rulesets);
  }

  /** The rulesets of a directory, one in each {@code *.yaml}. */
  public static RulesetStore ofDirectory(Path directory) throws RulesetException {
    return new RulesetStore(directory);
  }

  /** The rulesets in force. */
  public Rulesets current() {
    return current;
  }

  /**
   * Reads the directory again if a file in it has come, gone or changed.
   *
   * @return whether new rulesets are in force
   * @throws RulesetException when they can't be used; those before stay in force
   */
  public synchronized boolean reloadIfChanged() throws RulesetException {
    if (!own.reloadIfChanged()) {
      return false;
    }
    putInForce(merged(own.current(), logged));
    return true;
  }

  private synchronized void putInForce(List<Ruleset> rulesets) {
    current = new Rulesets(rulesets, current == null ? ForeignLaw.NONE : current.foreign());
  }

  private synchronized void putInForce(NationalRules national) {
    current = new Rulesets(current.all(), current.foreign().with(national));
  }

  private synchronized void putInForce(RevocationSet revoked) {
    current = new Rulesets(current.all(), current.foreign().with(revoked));
  }

  /** What the directory holds besides, and nobody reads. */
  public List<Path> passedOver() {
    return own.passedOver();
  }

  /**
   * Takes the rulesets of the log.
   *
   * @param yamls by the names that they are put under
   * @return whether other rulesets are in force now
   * @throws RulesetException when they can't be used; those before stay in force
   */
  public boolean takeLogged(Map<String, byte[]> yamls) throws RulesetException {
    return takeRead(readLogged(yamls));
  }

  private synchronized boolean takeRead(List<Ruleset> read) throws RulesetException {
    if (read.equals(logged)) {
      return false;
    }
    putInForce(merged(own.current(), read));
    logged = read;
    return true;
  }

  private static List<Ruleset> readLogged(Map<String, byte[]> yamls) throws RulesetException {
    final List<Ruleset> read = new ArrayList<>();
    for (final Map.Entry<String, byte[]> yaml : yamls.entrySet()) {
      final String source = "ruleset " + yaml.getKey() + " of the log";
      final Ruleset ruleset = RulesetReader.read(source, new ByteArrayInputStream(yaml.getValue()));
      if (!ruleset.name().equals(yaml.getKey())) {
        throw new RulesetException(source, "name", "is " + ruleset.name());
      }
      read.add(ruleset);
    }
    return read;
  }

  /**
   * Takes the national rules and value sets of the log, all together.
   *
   * @param documents by the names that they are put under
   * @return whether others are in force now
   * @throws RulesetException when they can't be used; those before stay in force
   */
  public boolean takeNational(Map<String, byte[]> documents) throws RulesetException {
    if (isSame(documents, loggedNational)) {
      return false;
    }
    final NationalRules national;
    try {
      national = NationalDocuments.compile(documents);
    } catch (NationalRuleException e) {
      throw new RulesetException(e.getMessage());
    }
    loggedNational = documents;
    putInForce(national);
    return true;
  }

  /**
   * Takes the lists of revoked foreign codes of the log, all together.
   *
   * @param documents by the names that they are put under, as they are while they are read
   * @return whether others are in force now
   * @throws RevocationException when they can't be used; those before stay in force
   */
  public boolean takeRevoked(Map<String, byte[]> documents) throws RevocationException {
    final Map<String, byte[]> read = Map.copyOf(documents);
    if (isSame(read, loggedRevoked)) {
      return false;
    }
    final RevocationSet revoked = RevocationSet.of(read, current.revoked());
    loggedRevoked = read;
    putInForce(revoked);
    return true;
  }

  private static boolean isSame(Map<String, byte[]> some, Map<String, byte[]> others) {
    return some.keySet().equals(others.keySet())
        && some.entrySet().stream()
            .allMatch(
                each ->
                    each.getValue() == others.get(each.getKey())
                        || Arrays.equals(each.getValue(), others.get(each.getKey())));
  }

  /** What the log has, and what only the files have. */
  private static List<Ruleset> merged(List<Ruleset> own, List<Ruleset> logged)
      throws RulesetException {
    final List<Ruleset> all = new ArrayList<>(logged);
    for (final Ruleset ruleset : own) {
      if (logged.stream().noneMatch(other -> other.name().equals(ruleset.name()))) {
        all.add(ruleset);
      }
    }
    if (all.size() > ClientLimits.MAX_RULESETS) {
      throw new RulesetException(
          all.size() + " rulesets of files and log, not up to " + ClientLimits.MAX_RULESETS);
    }
    return all;
  }

  private List<Ruleset> read(Path directory, List<FileContent> files, List<Ruleset> own)
      throws RulesetException {
    if (files.isEmpty() || files.size() > ClientLimits.MAX_RULESETS) {
      throw new RulesetException(
          directory
              + " holds "
              + files.size()
              + " rulesets, not 1 to "
              + ClientLimits.MAX_RULESETS);
    }
    final List<Ruleset> rulesets = new ArrayList<>();
    final Set<String> names = new HashSet<>();
    final Map<String, Ruleset> before = new HashMap<>();
    own.forEach(ruleset -> before.put(ruleset.name(), ruleset));
    for (final FileContent content : files) {
      final Path file = content.path();
      final Ruleset ruleset;
      try {
        ruleset = RulesetReader.read(file.toString(), new ByteArrayInputStream(content.orThrow()));
      } catch (IOException e) {
        throw new RulesetException(file + " " + FileFault.reasonOf(e));
      }
      if (!names.add(ruleset.name())) {
        throw new RulesetException(file + ": name " + ruleset.name() + " is in another file too");
      }
      final Ruleset old = before.get(ruleset.name());
      if (old != null && !old.equals(ruleset) && old.version() >= ruleset.version()) {
        throw new RulesetException(
            file + ": version must be over " + old.version() + ", for the rules have changed");
      }
      rulesets.add(ruleset);
    }
    final var unused = merged(rulesets, logged);
    return List.copyOf(rulesets);
  }
}
