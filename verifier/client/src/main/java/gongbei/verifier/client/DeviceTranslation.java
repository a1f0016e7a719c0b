package gongbei.verifier.client;

import gongbei.verifier.protocol.ColourCode;

/**
 * A code of the other region made into one of this.
 *
 * @param code the new code's text
 * @param expiresEpochSeconds its {@code exp}
 * @param linked whether its holder is known by a link; else they are a visitor
 * @param mapVersion the version of the status map that has the holder's record
 * @param receipt the number of the receipt in the server's audit log
 */
public record DeviceTranslation(
    String code,
    long expiresEpochSeconds,
    ColourCode colour,
    boolean linked,
    long mapVersion,
    long receipt) {}
