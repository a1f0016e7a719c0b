package gongbei.verifier.rules;

import gongbei.codec.trust.FileFault;
import gongbei.verifier.config.Limits;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * Holds the rulesets in force and reads them anew from a directory of {@code *.yaml}: as a whole or
 * not at all, so that a fault in one file leaves all as they were. {@link #current} is for any
 * thread; reloading is for one.
 */
public final class RulesetStore {
  private static final List<String> SHIPPED =
      List.of("metro", "hospital", "border-to-macau", "border-to-guangdong");

  private final Path directory;
  private volatile Rulesets current;
  private Map<Path, FileTime> seen = Map.of();

  private RulesetStore(Path directory, Rulesets rulesets) {
    this.directory = directory;
    this.current = rulesets;
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
    return new RulesetStore(null, new Rulesets(rulesets));
  }

  /** The rulesets of a directory, one in each {@code *.yaml}. */
  public static RulesetStore ofDirectory(Path directory) throws RulesetException {
    final RulesetStore store = new RulesetStore(directory, new Rulesets(List.of()));
    store.reloadIfChanged();
    return store;
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
  public boolean reloadIfChanged() throws RulesetException {
    if (directory == null) {
      return false;
    }
    final Map<Path, FileTime> files = list();
    if (files.equals(seen)) {
      return false;
    }
    final Rulesets read = read(files);
    seen = files;
    current = read;
    return true;
  }

  private Map<Path, FileTime> list() throws RulesetException {
    final Map<Path, FileTime> files = new TreeMap<>();
    try (Stream<Path> entries = Files.list(directory)) {
      for (final Path file : (Iterable<Path>) entries::iterator) {
        if (file.getFileName().toString().endsWith(".yaml")) {
          files.put(file, Files.getLastModifiedTime(file));
        }
      }
    } catch (IOException e) {
      throw new RulesetException(directory + " " + FileFault.reasonOf(e));
    }
    if (files.isEmpty() || files.size() > Limits.MAX_RULESETS) {
      throw new RulesetException(
          directory + " holds " + files.size() + " rulesets, not 1 to " + Limits.MAX_RULESETS);
    }
    return files;
  }

  private Rulesets read(Map<Path, FileTime> files) throws RulesetException {
    final List<Ruleset> rulesets = new ArrayList<>();
    final Set<String> names = new HashSet<>();
    final Map<String, Ruleset> before = new HashMap<>();
    current.all().forEach(ruleset -> before.put(ruleset.name(), ruleset));
    for (final Path file : files.keySet()) {
      final Ruleset ruleset;
      try (InputStream yaml = Files.newInputStream(file)) {
        ruleset = RulesetReader.read(file.toString(), yaml);
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
    return new Rulesets(rulesets);
  }
}
