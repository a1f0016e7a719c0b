/**
 * Keys and certificates, the files that they are read from and written to, and the list of whom is
 * trusted for what at one moment. Which key signed a code {@code signature} finds out, and what a
 * genuine code is worth {@code validity}. Start with {@link gongbei.codec.trust.TrustList}.
 */
package gongbei.codec.trust;
