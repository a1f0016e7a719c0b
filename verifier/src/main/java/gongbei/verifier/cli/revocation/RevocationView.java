package gongbei.verifier.cli.revocation;

import java.time.Instant;
import java.util.List;
import java.util.Map;

/**
 * What foreign codes a node takes as revoked, as it shows it.
 *
 * @param hashes how many there are
 * @param sources where their lists come from, by name
 */
record RevocationView(long hashes, Map<String, Source> sources) {
  RevocationView {
    sources = sources == null ? Map.of() : sources;
  }

  /**
   * Where lists come from.
   *
   * @param format null where no import has come to its end
   */
  record Source(String format, long importedAt, long expiresAt, long lists, long hashes) {
    @Override
    public String toString() {
      return (format == null ? "import not finished" : format)
          + ", lists "
          + lists
          + ", hashes "
          + hashes
          + (importedAt == 0 ? "" : ", imported " + Instant.ofEpochSecond(importedAt))
          + (expiresAt == 0 ? "" : ", expires " + Instant.ofEpochSecond(expiresAt));
    }
  }

  /** The lists of a source. */
  record Lists(List<Named> lists) {
    Lists {
      lists = lists == null ? List.of() : lists;
    }
  }

  /** A list, as far as an import asks of it. */
  record Named(String name) {}
}
