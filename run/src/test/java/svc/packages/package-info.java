/** What is handed out: packages in a fresh system, man pages, completions, features. */
package svc.packages;
