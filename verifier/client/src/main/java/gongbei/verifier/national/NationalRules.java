package gongbei.verifier.national;

import com.fasterxml.jackson.databind.node.TextNode;
import gongbei.codec.certlogic.JsonValues;
import gongbei.codec.certlogic.Program;
import gongbei.verifier.limits.ClientLimits;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * The rules of all countries that are in force or will be, compiled together with their value sets.
 * Immutable, shared by all threads; each applies them by a {@link NationalJudge} of its own.
 */
public final class NationalRules {
  /** None of any country. */
  public static final NationalRules NONE = none();

  private final List<NationalDocument> documents;
  private final List<NationalRule> all;
  private final Program program;
  private final Inputs inputs;
  private final List<Country> countries;

  /** The rules of a country, each identifier's versions side by side, the newest first. */
  record Country(String name, NationalRule[] rules, int[] expressions) {}

  /**
   * What the gateway's rules find ("EU DCC Validation Rules", external parameters), by the numbers
   * that the program has for it: the certificate, the time that counts, when its signature ends and
   * begins to count, whose it is, the key's identifier, and the region that is asked for.
   */
  record Inputs(int payload, int clock, int exp, int iat, int issuer, int kid, int region) {
    private static Inputs of(Program.Compiler compiler) {
      return new Inputs(
          compiler.input("payload"),
          external(compiler, "validationClock"),
          external(compiler, "exp"),
          external(compiler, "iat"),
          external(compiler, "issuerCountryCode"),
          external(compiler, "kid"),
          external(compiler, "region"));
    }

    private static int external(Program.Compiler compiler, String name) {
      return compiler.input("external", name);
    }
  }

  private NationalRules(List<NationalDocument> documents, List<NationalRule> rules) {
    this.documents = List.copyOf(documents);
    all = List.copyOf(rules);
    final Map<List<String>, byte[]> sets = new HashMap<>();
    documents.forEach(document -> sets.putAll(document.valueSets().named()));
    final Program.Compiler compiler = new Program.Compiler();
    inputs = Inputs.of(compiler);
    final Map<String, List<NationalRule>> byCountry = new TreeMap<>();
    for (final NationalRule rule : all) {
      byCountry.computeIfAbsent(rule.country(), none -> new ArrayList<>()).add(rule);
    }
    countries = new ArrayList<>();
    byCountry.forEach((name, own) -> countries.add(country(name, own, sets, compiler)));
    program = compiler.compile();
  }

  private static NationalRules none() {
    return new NationalRules(List.of(), List.of());
  }

  /**
   * Compiles rules over value sets.
   *
   * @throws NationalRuleException where there are too many, or one twice
   */
  public static NationalRules of(List<NationalDocument> documents) throws NationalRuleException {
    final List<NationalRule> rules = new ArrayList<>();
    documents.forEach(document -> rules.addAll(document.rules()));
    if (rules.size() > ClientLimits.MAX_NATIONAL_RULES) {
      throw new NationalRuleException(
          "", "rules", "are more than " + ClientLimits.MAX_NATIONAL_RULES);
    }
    final Map<String, NationalRule> known = new HashMap<>();
    for (final NationalRule rule : rules) {
      if (known.put(rule + "/" + rule.region(), rule) != null) {
        throw new NationalRuleException("", "Version", "of " + rule + " is given twice");
      }
    }
    return new NationalRules(documents, rules);
  }

  private static Country country(
      String name,
      List<NationalRule> own,
      Map<List<String>, byte[]> sets,
      Program.Compiler compiler) {
    final Map<List<String>, byte[]> named = new HashMap<>(sets);
    named.put(List.of("external", "countryCode"), JsonValues.toCbor(TextNode.valueOf(name)));
    final List<NationalRule> sorted =
        own.stream()
            .sorted(
                Comparator.comparing(NationalRule::identifier)
                    .thenComparing(NationalRule::region)
                    .thenComparing(NationalRule::number, Comparator.reverseOrder()))
            .toList();
    return new Country(
        name,
        sorted.toArray(NationalRule[]::new),
        sorted.stream().mapToInt(rule -> compiler.add(rule.logic(), named)).toArray());
  }

  /** All of them. */
  public List<NationalRule> all() {
    return all;
  }

  /** What they are put together as. */
  public List<NationalDocument> documents() {
    return documents;
  }

  /** The rules of a country, or null where there are none. */
  Country find(String name, int offset, int length) {
    for (int i = 0; i < countries.size(); i++) {
      final Country country = countries.get(i);
      if (country.name().length() == length
          && country.name().regionMatches(0, name, offset, length)) {
        return country;
      }
    }
    return null;
  }

  Program program() {
    return program;
  }

  /** The numbers of the program's inputs. */
  Inputs inputs() {
    return inputs;
  }
}
