from __future__ import annotations

import pytest

from git_voicenote.text.vocabulary.definitions import defined_in, defined_in_heading


@pytest.mark.parametrize(
    ("line", "name"),
    [
        ("def send(self):", "send"),
        ("    async def send(self, request):", "send"),
        ("class Client(Base):", "Client"),
        ("fn main() {", "main"),
        ("    pub(crate) async fn poll_next(&mut self) -> Poll {", "poll_next"),
        ("func (s *Server) Send(ctx context.Context) error {", "Send"),
        ("func NewServer() *Server {", "NewServer"),
        ("  def self.valid?(name)", "valid?"),
        ("static int send_pack(struct send_pack_args *args,", "send_pack"),
        ("struct ref *get_refs(void)", "get_refs"),
        ("void Client::send(Request r)", "send"),
        ("#define MAX_TRIES 3", "MAX_TRIES"),
        ("struct strbuf {", "strbuf"),
        ("    public void send(Request r) throws IOException {", "send"),
        ("  send(request) {", "send"),
        ("export default function render() {", "render"),
        ("export const send = async (request) => {", "send"),
        ("const send = function (request) {", "send"),
        ("deploy_all() {", "deploy_all"),
        ("function deploy {", "deploy"),
        ("trait Visitor<'a> {", "Visitor"),
        ("interface Store extends Base {", "Store"),
    ],
)
def test_a_line_that_defines_a_name(line: str, name: str) -> None:
    assert list(defined_in([line])) == [name]


@pytest.mark.parametrize(
    "line",
    [
        "", "    return send(request)", "    if (send(request)) {", "  } else if (x) {",
        "send(request);",
        "    send(request)", "    x = send(request)", "while (1) {", "  for (i = 0; i < n; i++) {",
        "print('x')", "# a comment about send", "word", "a " * 200 + "def f():",
    ],
)  # fmt: skip
def test_a_line_that_defines_nothing(line: str) -> None:
    assert list(defined_in([line])) == []


@pytest.mark.parametrize(
    ("heading", "names"),
    [
        ("def send(self):", ["send"]),
        ("static int send(struct x *y)", ["send"]),
        ("    public void send(Request r)", ["send"]),
        ("class Client", ["Client"]),
        ("## Install", []),
        ("", []),
        ("if (x)", []),
    ],
)
def test_the_name_in_a_heading(heading: str, names: list[str]) -> None:
    assert list(defined_in_heading(heading)) == names


def test_hostile_lines_take_linear_time() -> None:
    """Each would take years if the pattern tried all ways to split it."""
    for line in (
        "a*" * 140,
        "a " * 149,
        "a::" * 90 + "!",
        " a" * 149,
        "a b(;" * 60 + ";",
        "\t" * 299 + "x",
    ):
        assert list(defined_in([line])) == []
