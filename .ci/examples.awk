# Turns the ```swift blocks of one document (or of the documentation comments of one Swift file) into Swift functions.
#
# Variables: document (its path, for messages), source (1 for a Swift file), out (directory), first (number of the
# first block), preamble (imports of every block).
# Writes Example<n>.swift into `out`, "document:line:text" of every expected line to out/expected, the names of the
# functions to out/calls, what was skipped to out/skipped. Prints the number of the next block.

function fail(line, message) {
    printf "%s:%d: %s\n", document, line, message > "/dev/stderr"
    failed = 1
}

# Position of the // that begins a comment, outside of string literals; 0 if there is none.
function commentStart(text,   i, c, inside) {
    inside = 0
    for (i = 1; i <= length(text); i++) {
        c = substr(text, i, 1)
        if (c == "\\" && inside) { i++; continue }
        if (c == "\"") inside = !inside
        if (!inside && substr(text, i, 2) == "//") return i
    }
    return 0
}

function trimmed(text) { sub(/[ \t]+$/, "", text); return text }

function leading(text) { match(text, /^[ \t]*/); return RLENGTH }

# One space after the // belongs to the comment, further ones to the result.
function expect(line, text) {
    text = trimmed(substr(text, 3))
    sub(/^ /, "", text)
    printf "%s:%d:%s\n", document, line, text >> (out "/expected")
}

function closeBlock(   name, i, text, code, at, printing, column, file, effects, depth, body, wanting) {
    name = "Example" number
    file = out "/" name ".swift"
    effects = "throws"
    for (i = 1; i <= count; i++) if (lines[i] ~ /(^|[^A-Za-z0-9_])await /) effects = "async throws"
    printf "%s\n", preamble > file
    for (i = 1; i <= count; i++) if (lines[i] ~ /^import /) print lines[i] > file

    # Extensions cannot stand in a function, so they stand in the file.
    for (i = 1; i <= count; i++) {
        if (lines[i] ~ /^(public |private |fileprivate )?extension /) {
            printf "#sourceLocation(file: \"%s\", line: %d)\n", document, starts + i > file
            for (; i <= count; i++) {
                print lines[i] > file
                text = lines[i]
                lines[i] = ""
                if (text ~ /^}/ || text ~ /}[ \t]*$/ && text ~ /^[a-z ]*extension [^{]*{.*}[ \t]*$/) break
            }
        }
    }

    printf "func example%d() %s {\n    do {\n", number, effects > file
    printf "#sourceLocation(file: \"%s\", line: %d)\n", document, starts + 1 > file
    printing = 0
    wanting = 0
    for (i = 1; i <= count; i++) {
        text = lines[i]
        at = commentStart(text)
        code = at ? substr(text, 1, at - 1) : text
        if (text ~ /^import /) code = text = ""
        if (code ~ /(^|[^A-Za-z0-9_.])print\(/) {
            if (wanting) fail(starts + wanting, "say beside print what it prints")
            wanting = 0
            printing = i
            if (at) { expect(starts + i, substr(text, at)); column = at }
            else { wanting = i; column = leading(text) + 1 }
            while (match(code, /(^|[^A-Za-z0-9_.])print\(/)) {
                depth = RSTART + RLENGTH - 1
                code = substr(code, 1, depth - 6) "examplePrint(" substr(code, depth + 1)
            }
            text = code
        } else if (printing && at == column && code ~ /^[ \t]*$/) {
            expect(starts + printing, substr(text, at))
            wanting = 0
        } else {
            if (wanting) fail(starts + wanting, "say beside print what it prints")
            wanting = 0
            printing = 0
        }
        print text > file
    }
    if (wanting) fail(starts + wanting, "say beside print what it prints")
    printf "#sourceLocation()\n    }\n}\n" > file
    close(file)
    printf "    (\"%s:%d\", example%d),\n", document, starts, number >> (out "/calls")
    number++
}

BEGIN { number = first; inside = 0 }

{
    text = $0
    if (source) {
        if (text !~ /^[ \t]*\/\/\//) { inside = 0; next }
        sub(/^[ \t]*\/\/\/ ?/, "", text)
    }
}

!inside && text ~ /^[ \t]*```swift/ {
    indent = leading(text)
    info = trimmed(substr(text, indent + 4))
    starts = FNR
    count = 0
    if (info == "swift") inside = 1
    else if (info == "swift manifest") { inside = 2; printf "%s:%d: %s\n", document, FNR, info >> (out "/skipped") }
    else { fail(FNR, "unknown kind of block: " info); inside = 2 }
    next
}

inside && text ~ /^[ \t]*```[ \t]*$/ {
    if (inside == 1) closeBlock()
    inside = 0
    next
}

inside == 1 { lines[++count] = substr(text, indent + 1) }

END {
    if (inside) fail(starts, "this block does not end")
    print number
    exit failed
}
