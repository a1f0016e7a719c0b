/**
 * Trust lists as they are published (the WHO's did.json, the EU gateway's JSON, PEM, the directory
 * of health cards' issuers) read into one form, {@link gongbei.codec.trust.TrustListFile}. Knows
 * keys and certificates, not how a trust directory is followed. Start reading at {@link
 * gongbei.codec.trust.published.PublishedLists}.
 */
package gongbei.codec.trust.published;
