package gongbei.codec.trust;

import gongbei.codec.code.CodeFormat;
import gongbei.codec.file.FaultyFile;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * What a trust directory says at one time, and what of it does not count. Immutable.
 *
 * @param list who is trusted
 * @param expiresAt when a list that counts expires next
 * @param from what it was made of, to be made again when that time has come
 */
record TrustReading(TrustList list, List<FaultyFile> faults, Instant expiresAt, Builder from) {
  /** A reading that says this and never changes. */
  static TrustReading of(TrustList list) {
    return new TrustReading(list, List.of(), Instant.MAX, new Builder());
  }

  /** Whether a list that counts has expired. */
  boolean hasExpired(Instant now) {
    return !now.isBefore(expiresAt);
  }

  /** The same at a later time. */
  TrustReading at(Instant now) {
    return from.at(now);
  }

  /** The keys of lists that can't be used. */
  List<String> skippedKeys() {
    return List.copyOf(from.skipped);
  }

  /** The published lists, whether expired or not. */
  List<TrustListFile> lists() {
    return from.lists.stream().map(Listed::list).toList();
  }

  /** A certificate that is trusted, and for what. */
  private record Known(ByteBuffer certificate, Set<CodeFormat> formats) {}

  private record Listed(Path path, TrustListFile list) {}

  /** Puts a reading together; not changed any more once it is one. */
  static final class Builder {
    private final List<IssuerKey> keys = new ArrayList<>();
    private final List<TrustAuthority> authorities = new ArrayList<>();
    private final List<FaultyFile> faults = new ArrayList<>();
    private final List<String> skipped = new ArrayList<>();
    private final List<Listed> lists = new ArrayList<>();
    private final Set<Known> known = new HashSet<>();

    /** Takes the key of a certificate, once. */
    void add(byte[] der, IssuerKey key) {
      if (known.add(new Known(ByteBuffer.wrap(der), key.formats()))) {
        keys.add(key);
      }
    }

    /** Takes an authority. */
    void add(TrustAuthority authority) {
      authorities.add(authority);
    }

    /** Takes the issuers of health cards. */
    void add(IssuerDirectory directory) {
      keys.addAll(directory.keys());
      skipped.addAll(directory.skipped());
    }

    /** Takes a published list. */
    void add(Path path, TrustListFile list) {
      lists.add(new Listed(path, list));
      skipped.addAll(list.skipped());
    }

    /** Notes what can't be taken. */
    void fault(Path path, String message) {
      faults.add(new FaultyFile(path, message));
    }

    /** What was taken says at that time. */
    TrustReading at(Instant now) {
      final List<IssuerKey> trusted = new ArrayList<>(keys);
      final List<TrustAuthority> named = new ArrayList<>(authorities);
      final List<FaultyFile> all = new ArrayList<>(faults);
      Instant next = Instant.MAX;
      for (final Listed each : lists) {
        final Instant expiresAt = each.list().expiresAt();
        if (now.isBefore(expiresAt)) {
          trusted.addAll(each.list().keys());
          named.addAll(each.list().authorities());
          next = expiresAt.isBefore(next) ? expiresAt : next;
        } else {
          all.add(
              new FaultyFile(
                  each.path(),
                  each.path()
                      + ": the list expired at "
                      + expiresAt
                      + ", and nobody is trusted for it: import it anew"));
        }
      }
      return new TrustReading(new TrustList(trusted, named), List.copyOf(all), next, this);
    }
  }
}
