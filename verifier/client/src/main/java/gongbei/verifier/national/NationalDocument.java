package gongbei.verifier.national;

import java.util.List;

/**
 * The entry rules of a country, or the value sets of all, as they are put together. Immutable.
 *
 * @param name the country, or {@link NationalDocuments#VALUE_SETS}
 * @param revision its author's number, from 1: a higher one takes its place
 * @param rules of a country; else none
 * @param valueSets of all; else none
 */
public record NationalDocument(
    String name, long revision, List<NationalRule> rules, ValueSets valueSets) {
  public NationalDocument {
    rules = List.copyOf(rules);
  }
}
