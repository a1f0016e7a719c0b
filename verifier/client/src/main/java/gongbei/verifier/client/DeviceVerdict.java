package gongbei.verifier.client;

import gongbei.verifier.protocol.ColourCode;
import gongbei.verifier.protocol.ReasonCode;
import gongbei.verifier.protocol.VerdictCode;

/**
 * What a scanner device is told of a code.
 *
 * @param field the field at fault, empty where none is
 * @param mapVersion the version of the status map that was asked
 * @param group what was found of a group's members, or null where the code is none's
 */
public record DeviceVerdict(
    VerdictCode verdict,
    ReasonCode reason,
    ColourCode colour,
    String field,
    int rulesetVersion,
    long mapVersion,
    long dataAgeMillis,
    boolean stale,
    DeviceGroup group) {}
