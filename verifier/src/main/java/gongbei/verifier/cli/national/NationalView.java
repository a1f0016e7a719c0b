package gongbei.verifier.cli.national;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.List;
import java.util.Map;

/**
 * The foreign rules in force, as a node shows them.
 *
 * @param countries by their two letters
 * @param valueSets null where none are in force
 */
record NationalView(Map<String, Country> countries, Revision valueSets) {
  NationalView {
    countries = countries == null ? Map.of() : countries;
  }

  /** Returns the revision of a country's rules; 0 where it has none. */
  long revisionOf(String country) {
    return countries.containsKey(country) ? countries.get(country).revision() : 0;
  }

  /** Returns the revision of the value sets; 0 where there are none. */
  long revisionOfSets() {
    return valueSets == null ? 0 : valueSets.revision();
  }

  /** The rules of a country. */
  record Country(long revision, List<Rule> rules) {
    Country {
      rules = rules == null ? List.of() : rules;
    }
  }

  /** The number of a document. */
  record Revision(long revision) {}

  /** A rule, by the names of the EU's rules. */
  record Rule(
      @JsonProperty("Identifier") String identifier,
      @JsonProperty("Version") String version,
      @JsonProperty("ValidFrom") String validFrom,
      @JsonProperty("ValidTo") String validTo) {
    @Override
    public String toString() {
      return identifier + "@" + version + " from " + validFrom + " to " + validTo;
    }
  }
}
