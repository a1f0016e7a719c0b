package gongbei.verifier.rules;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import gongbei.codec.code.TestKind;
import java.util.Locale;

/** Writes rulesets as {@link RulesetReader} reads them, every setting spelt out. */
public final class RulesetJson {
  private RulesetJson() {}

  /** The settings of a ruleset. */
  public static ObjectNode of(Ruleset ruleset) {
    final ObjectNode settings =
        JsonNodeFactory.instance
            .objectNode()
            .put("name", ruleset.name())
            .put("version", ruleset.version());
    final ArrayNode colours = settings.putArray("allowedColours").add("green");
    if (ruleset.yellowAllowed()) {
      colours.add("yellow");
    }
    settings.put("testWithinHours", ruleset.testWithinHours());
    final ArrayNode kinds = settings.putArray("testKinds");
    for (final TestKind kind : ruleset.testKinds()) {
      kinds.add(kind.wireName());
    }
    settings
        .put("testWaivedFromDoses", ruleset.testWaivedFromDoses())
        .put("foreignCodes", choice(ruleset.foreignCodes()))
        .put("staleAfterSeconds", ruleset.staleAfterMillis() / 1000)
        .put("whenStale", choice(ruleset.whenStale()))
        .put("replays", choice(ruleset.replays()));
    final ArrayNode countries = settings.putArray("foreignRules");
    ruleset.foreignRules().forEach(countries::add);
    settings
        .put("holderNames", choice(ruleset.holderNames()))
        .put("whenRevocationsExpire", choice(ruleset.whenRevocationsExpire()));
    return settings;
  }

  private static String choice(Enum<?> constant) {
    return constant.name().toLowerCase(Locale.ROOT);
  }
}
