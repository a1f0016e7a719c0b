/**
 * Arithmetic on the curves of SM2 and P-256: fields, scalars, points, and tables for bases that are
 * used again. Variable time unless a class says otherwise, so for public data only; {@code
 * signature} alone uses it. Start with {@link gongbei.codec.curve.Curve}.
 */
package gongbei.codec.curve;
