# listing.awk FILE.c: a page that shows it. A line that is the first to name a function has that name, as its id.
BEGIN {
    print "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">"
    print "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">"
    print "<title>src/nn/attention.c</title>\n<link rel=\"icon\" href=\"data:,\">\n<link rel=\"stylesheet\" href=\"style.css\">\n</head>"
    print "<body>\n<main><h1>src/nn/attention.c</h1>\n<ol class=\"listing\">"
}
{
    id = ""
    if (match($0, /[a-z_]+\(/)) {
        name = substr($0, RSTART, RLENGTH - 1)
        if (!seen[name]++) id = " id=\"" name "\""
    }
    gsub(/&/, "\\&amp;")
    gsub(/</, "\\&lt;")
    print "<li" id ">" ($0 == "" ? " " : $0) "</li>"
}
END { print "</ol></main>\n</body>\n</html>" }
