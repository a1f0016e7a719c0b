/**
 * National entry rules for foreign certificates, as the EU's gateway publishes them: read strictly,
 * compiled together with their value sets, selected by country, type and time, and applied to a
 * code. It knows codec alone. Start reading at {@link gongbei.verifier.national.NationalRules},
 * then {@link gongbei.verifier.national.NationalJudge}.
 */
package gongbei.verifier.national;
