/**
 * CertLogic 1.3.3, the language of the EU's national entry rules: read strictly by its
 * specification, compiled once, and evaluated over CBOR without allocation. It knows CBOR, and
 * nothing of codes, rules or countries. Start reading at {@link
 * gongbei.codec.certlogic.ExpressionReader}, then {@link gongbei.codec.certlogic.Program} and
 * {@link gongbei.codec.certlogic.Evaluation}.
 */
package gongbei.codec.certlogic;
