/** Domain values that every module names alike. */
package gongbei.codec.model;
