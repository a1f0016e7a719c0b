package gongbei.verifier.national;

import com.fasterxml.jackson.databind.JsonNode;
import gongbei.codec.certlogic.CertLogicException;
import gongbei.codec.certlogic.CertLogicLimits;
import gongbei.codec.certlogic.Expression;
import gongbei.codec.certlogic.ExpressionReader;
import gongbei.codec.code.HcertClaims;
import gongbei.codec.time.Rfc3339;
import gongbei.verifier.limits.ClientLimits;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * One rule of a country, in one of its versions, as the EU's gateway has it ("EU DCC Validation
 * Rule"). Immutable, for any thread.
 */
public final class NationalRule {
  /** The newest schema of rules and certificates that is known. */
  static final RuleVersion SCHEMA = new RuleVersion(1, 3, 2);

  /** The version of CertLogic that is evaluated. */
  static final RuleVersion ENGINE = RuleVersion.parse(CertLogicLimits.SPECIFICATION);

  private static final int ALL_TYPES =
      HcertClaims.VACCINATION | HcertClaims.TEST | HcertClaims.RECOVERY;
  private static final Set<String> FIELDS =
      Set.of(
          "Identifier",
          "Type",
          "Country",
          "Region",
          "Version",
          "SchemaVersion",
          "Engine",
          "EngineVersion",
          "CertificateType",
          "Description",
          "ValidFrom",
          "ValidTo",
          "AffectedFields",
          "Logic");
  private static final Pattern IDENTIFIER = Pattern.compile("(?:GR|VR|TR|RR|IR)-[A-Z]{2}-\\d{1,9}");
  private static final Pattern COUNTRY = Pattern.compile("[A-Z]{2}");
  private static final Pattern REGION = Pattern.compile("[A-Z0-9]{1,16}");

  private final String identifier;
  private final boolean isInvalidation;
  private final String country;
  private final String region;
  private final RuleVersion version;
  private final String versionText;
  private final int types;
  private final RuleTexts texts;
  private final long validFromEpochSeconds;
  private final long validToEpochSeconds;
  private final Expression logic;
  private final JsonNode json;

  private NationalRule(Fields fields) throws NationalRuleException {
    identifier = fields.matching("Identifier", IDENTIFIER, "is not as VR-FR-0001 is");
    country = fields.matching("Country", COUNTRY, "is not two capitals");
    region = fields.has("Region") ? fields.matching("Region", REGION, "is no region") : "";
    isInvalidation = fields.choice("Type", Map.of("Acceptance", false, "Invalidation", true));
    types =
        fields.choice(
            "CertificateType",
            Map.of(
                "General",
                ALL_TYPES,
                "Vaccination",
                HcertClaims.VACCINATION,
                "Test",
                HcertClaims.TEST,
                "Recovery",
                HcertClaims.RECOVERY));
    final String letters = isInvalidation ? "IR" : fields.text("CertificateType").charAt(0) + "R";
    if (!identifier.startsWith(letters + "-" + country + "-")) {
      throw fields.fault(
          "Identifier", "does not begin with " + letters + "-" + country + "-, as its type has it");
    }
    version = fields.version("Version");
    versionText = version.toString();
    fields.choice("Engine", Map.of("CERTLOGIC", true));
    fields.notAfter("EngineVersion", ENGINE);
    fields.notAfter("SchemaVersion", SCHEMA);
    texts = fields.texts("Description");
    validFromEpochSeconds = fields.epochSeconds("ValidFrom");
    validToEpochSeconds = fields.epochSeconds("ValidTo");
    if (validToEpochSeconds <= validFromEpochSeconds) {
      throw fields.fault("ValidTo", "is not after ValidFrom");
    }
    fields.affected("AffectedFields");
    logic = fields.logic("Logic");
    json = fields.json().deepCopy();
  }

  /**
   * Reads a rule.
   *
   * @param source names it in a refusal
   * @throws NationalRuleException where it is broken, from the future, or for another engine
   */
  public static NationalRule read(String source, JsonNode json) throws NationalRuleException {
    if (!json.isObject()) {
      throw new NationalRuleException(source, "rule", "is not an object");
    }
    final Fields fields = new Fields(source, json);
    for (final Map.Entry<String, JsonNode> field : json.properties()) {
      if (!FIELDS.contains(field.getKey())) {
        throw fields.fault(field.getKey(), "is not a field of a rule");
      }
    }
    return new NationalRule(fields);
  }

  /** The rule's name, as in {@code VR-FR-0001}; of printable ASCII without quotes. */
  public String identifier() {
    return identifier;
  }

  /** Whether it takes certificates of its country back; else it says which are let in. */
  public boolean isInvalidation() {
    return isInvalidation;
  }

  /** The country of the rule: two capitals. */
  public String country() {
    return country;
  }

  /** The region that it is for, or nothing where it is for all of the country. */
  public String region() {
    return region;
  }

  /** The version, as in {@code 1.0.2}. */
  public String version() {
    return versionText;
  }

  RuleVersion number() {
    return version;
  }

  /** The bits of {@link HcertClaims} that it is for. */
  int types() {
    return types;
  }

  /** What it says, in each language that it is told in. */
  public RuleTexts texts() {
    return texts;
  }

  /** Whether it is in force at a second: from its beginning on, and before its end. */
  public boolean isInForce(long atEpochSeconds) {
    return validFromEpochSeconds <= atEpochSeconds && atEpochSeconds < validToEpochSeconds;
  }

  long validFromEpochSeconds() {
    return validFromEpochSeconds;
  }

  /** What it evaluates. */
  Expression logic() {
    return logic;
  }

  /** The rule as it was read. */
  public JsonNode json() {
    return json.deepCopy();
  }

  /** Whether another is the same rule in whatever version. */
  boolean isVersionOf(NationalRule other) {
    return identifier.equals(other.identifier) && region.equals(other.region);
  }

  @Override
  public String toString() {
    return identifier + "@" + version;
  }

  /** The fields of a rule that is read. */
  private record Fields(String source, JsonNode json) {
    NationalRuleException fault(String field, String reason) {
      return new NationalRuleException(source, field, reason);
    }

    boolean has(String field) {
      return json.hasNonNull(field);
    }

    String text(String field) throws NationalRuleException {
      final JsonNode value = json.path(field);
      if (!value.isTextual()) {
        throw fault(field, value.isMissingNode() ? "is missing" : "is no text");
      }
      return value.textValue();
    }

    String matching(String field, Pattern form, String otherwise) throws NationalRuleException {
      final String text = text(field);
      if (!form.matcher(text).matches()) {
        throw fault(field, otherwise);
      }
      return text;
    }

    <T> T choice(String field, Map<String, T> choices) throws NationalRuleException {
      final T chosen = choices.get(text(field));
      if (chosen == null) {
        throw fault(
            field, "is none of " + String.join(", ", choices.keySet().stream().sorted().toList()));
      }
      return chosen;
    }

    RuleVersion version(String field) throws NationalRuleException {
      final RuleVersion version = RuleVersion.parse(text(field));
      if (version == null) {
        throw fault(field, "is not a version of three numbers");
      }
      return version;
    }

    void notAfter(String field, RuleVersion newest) throws NationalRuleException {
      if (version(field).compareTo(newest) > 0) {
        throw fault(field, "is newer than " + newest + ", the newest that is known");
      }
    }

    long epochSeconds(String field) throws NationalRuleException {
      try {
        return Rfc3339.epochSeconds(text(field));
      } catch (IllegalArgumentException e) {
        throw fault(field, e.getMessage());
      }
    }

    RuleTexts texts(String field) throws NationalRuleException {
      return RuleTexts.read(source, field, json.path(field));
    }

    void affected(String field) throws NationalRuleException {
      final JsonNode all = json.path(field);
      if (!all.isArray() || all.size() > ClientLimits.MAX_AFFECTED_FIELDS) {
        throw fault(field, "is no array of up to " + ClientLimits.MAX_AFFECTED_FIELDS + " texts");
      }
      for (final JsonNode each : all) {
        if (!each.isTextual()) {
          throw fault(field, "holds other than texts");
        }
      }
    }

    Expression logic(String field) throws NationalRuleException {
      if (!json.path(field).isObject()) {
        throw fault(field, "is not an object");
      }
      try {
        return ExpressionReader.read(field, json.path(field));
      } catch (CertLogicException e) {
        throw fault(e.field(), e.reason());
      }
    }
  }
}
