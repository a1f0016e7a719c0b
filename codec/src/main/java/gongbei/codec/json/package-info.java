/**
 * JSON (RFC 8259) over bytes, for codes that carry it: a validator with bounds, a cursor over what
 * it has found valid, and the canonical form that signatures are made over (RFC 8785). Knows
 * nothing of codes. Start reading at {@link gongbei.codec.json.JsonReader}.
 */
package gongbei.codec.json;
