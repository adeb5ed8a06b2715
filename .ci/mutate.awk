# Prints a Swift file with its mutants beside the lines they break; `mutant` says at run time which of them counts.
#
#     awk -v file=PATH -v skip="3 17" -f .ci/mutate.awk LIST PATH
#
# LIST has a line for each mutant: its file:line:column:length:replacement, a tab, the line as it would be. Its place in
# the list is its number. `// mutant N` ends the line of each. What can stand so is an expression after `let`, the body
# of a property or function in one line, a condition of `if`, `while` and `guard`, and a statement that is a whole line.

BEGIN { split(skip, numbers, " "); for (i in numbers) skipped[numbers[i]] }

FNR == NR {
    split($0, part, ":")
    if (part[1] != file || NR in skipped) next
    column[NR] = part[3]
    broken[NR] = substr($0, index($0, "\t") + 1)
    mutants[part[2], ++count[part[2]]] = NR
    next
}

{ print FNR in count ? combined() : $0; before = $0 }

function combined(    prefix) {
    if (/^ *(\} else )?(if|while|guard) .* \{$/) {
        match($0, /(if|while|guard) /)
        return conditions(RSTART + RLENGTH, length($0) - (/ else \{$/ && /^ *guard/ ? 7 : 2))
    }
    if (!isBalanced($0) || /^ *([\]})?:&|.+*\/-]|case |default)/) return $0
    if (/[,([{=+*\/&|?-]$/ || before ~ /[,([=+*\/&|?-]$/) return $0
    if (/^ *(let|var) [^{]* = /) {
        prefix = index($0, " = ") + 2
        return substr($0, 1, prefix) choice(prefix, 0)
    }
    if (/^ *((public|private|fileprivate|static|mutating) )*(var|func) .* \{ .* \}$/) {
        prefix = index($0, " { ") + 2
        return substr($0, 1, prefix) choice(prefix, 2) " }"
    }
    return /^ *(guard|public|private|fileprivate|static) .*(let|var) / ? $0 : choice(0, 0)
}

# The part of the line between its first and last characters, as it is and as each mutant has it.
function choice(first, last,    i, number, text) {
    text = "switch mutant {\n"
    for (i = 1; i <= count[FNR]; i++) {
        number = mutants[FNR, i]
        if (column[number] <= first) continue
        text = text "case " number ": " between(broken[number], first, last) " // mutant " number "\n"
    }
    return text "default: " between($0, first, last) "\n}"
}

function between(line, first, last) { return substr(line, first + 1, length(line) - first - last) }

# The line, with a choice in place of each condition that a mutant breaks; the conditions end at commas.
function conditions(from, to,    at, start, depth, c, text) {
    text = substr($0, 1, from - 1)
    for (at = start = from; at <= to; at++) {
        c = substr($0, at, 1)
        if (c ~ /[[({]/) depth++
        if (c ~ /[])}]/) depth--
        if (c != "," || depth > 0) continue
        text = text condition(start, at - 1) ","
        start = at + 1
    }
    return text condition(start, to) substr($0, to + 1)
}

function condition(from, to,    i, number, text) {
    if (substr($0, from) ~ /^ *(let|var|case|#)/) return substr($0, from, to - from + 1)
    for (i = 1; i <= count[FNR]; i++) {
        number = mutants[FNR, i]
        if (column[number] < from || column[number] > to) continue
        text = text "mutant == " number " ? (" between(broken[number], from - 1, length($0) - to) ")"
        text = text " : // mutant " number "\n"
    }
    return text == "" ? substr($0, from, to - from + 1) : " (" text "(" substr($0, from, to - from + 1) "))"
}

function isBalanced(text,    opened) {
    opened = gsub(/[[({]/, "", text)
    return opened == gsub(/[])}]/, "", text)
}
