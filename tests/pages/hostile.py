"""Texts that would do harm if anything read them as more than text. Each begins with the sign by which it is found."""

SIGN = "Ωx"

STORABLE = tuple(
    SIGN + text
    for text in (
        "![](http://x.example/p.png)",
        "[klik](javascript:alert(1))",
        "[klik](http://x.example)",
        "<img src=x onerror=alert(1)>",
        "<script>alert(1)</script>",
        "</div><iframe src=//x.example>",
        "<svg/onload=alert(1)>",
        "<a href='javascript:alert(1)'>x</a>",
        "&lt;b&gt;&#60;b&#62;",
        "{{7*7}} ${7*7} #{7*7} <%= 7*7 %>",
        "{name} {0} %s %(x)s %n",
        "$\\url{http://x.example}$ $$x^2$$",
        ":material/delete: :red[merah] :smile:",
        "**tebal** _miring_ ~~coret~~ `kode`",
        "# judul",
        "> kutipan",
        "| a | b | --- | --- |",
        "1. satu",
        "http://x.example www.x.example a@x.example",
        "=1+1",
        '=HYPERLINK("http://x.example","klik")',
        "+cmd|' /C calc'!A0",
        "@SUM(1)",
        "'; DROP TABLE case_file; --",
        "' OR '1'='1",
        "..\\..\\x ../../etc/passwd",
        '{"a": [1, null]}',
        "emoji 🙂👩‍👩‍👧‍👦🇮🇩",
        "العربية עברית",
        "漢字 हिन्दी ไทย",
        "e\u0301 dan é",
        "__import__('os').system('id')",
        "javascript:alert(1)",
        "data:text/html;base64,PHN2Zz4=",
        "%3Cscript%3E %00 %0d%0aSet-Cookie:x=1",
        "\\x00 \\u202e \\n",
        "-- \" ' ` \\ /",
        "balik\u202egnp.exe",
        "pisah\u2066x\u2069 lebar\u200bnol",
    )
)
REFUSED = ("nol\x00", "bel\x07", "hapus\x7f", "panjang" * 2000)
