/**
 * Decodes health codes, layer by layer as their grammar has them: text ({@code CodeText}, {@code
 * Base45}), signed message ({@code CoseSign1}), claims ({@code CwtClaims}), and what each format
 * says of the holder ({@code RegionClaims}, {@code HcertClaims}). Trusts nothing; may know {@code
 * cbor} and {@code model}. Start with {@link gongbei.codec.code.HealthCode}.
 */
package gongbei.codec.code;
