"""Schema text as values: what files say, what a server prints, and the statements between them.

Pure: nothing here reads a file, a clock or a connection. Four steps, each usable alone:

1. `lexer` turns SQL text into tokens with their place; `statements` splits a schema file and admits
   only CREATE TABLE and CREATE SEQUENCE, so that an untrusted file cannot make a server do more.
2. `create_table` takes the text that SHOW CREATE TABLE prints apart. Every definition is kept
   verbatim, so an attribute that nobody here has heard of survives; only what a comparison needs is
   read out. Rendering the parts gives the text back byte for byte, or the table is refused.
3. `diff` compares two such tables by the server's own words and gives the clauses of an ALTER, and
   orders the statements of a whole plan.
4. `render` writes clauses as SQL, taking definitions verbatim from the desired text.

No normaliser guesses what a server would store: both sides of a comparison were printed by the same
server. What a version can do is asked of `flavor`, the one place where versions are compared.
"""
