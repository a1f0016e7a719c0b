/**
 * The one form of a holder's whole status outside the map: JSON of requests and answers, and rows
 * of files of residents. Start with {@link gongbei.verifier.status.StatusForm}; {@link
 * gongbei.verifier.status.StatusSource} is what it is read from. It may know codec alone.
 */
package gongbei.verifier.status;
