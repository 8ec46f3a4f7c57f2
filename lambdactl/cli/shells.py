"""The scripts that teach a shell to ask this program what may follow, and the answers they read.

A script runs ``lambdactl`` with ``_LAMBDACTL_COMPLETE`` set to the shell's name; the words so far
stand behind ``--``, the one that is being typed last. The answer is one offer a line, a tab between
the word and what it is.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence

from lambdactl.errors import UsageError

VARIABLE = "_LAMBDACTL_COMPLETE"

BASH = """\
_lambdactl() {
    local line words=("${COMP_WORDS[@]:1:COMP_CWORD}")
    COMPREPLY=()
    while IFS= read -r line; do
        [[ -n $line ]] && COMPREPLY+=("${line%%$'\\t'*}")
    done < <(_LAMBDACTL_COMPLETE=bash "${COMP_WORDS[0]}" -- "${words[@]}" 2>/dev/null)
    case ${COMP_WORDS[COMP_CWORD-1]} in
        -t|--template|--plan|--apply|--pins) compopt -o default ;;
    esac
}
complete -o nosort -F _lambdactl lambdactl 2>/dev/null || complete -F _lambdactl lambdactl
"""
ZSH = """\
#compdef lambdactl
_lambdactl() {
    local -a told offers
    local line
    told=("${(@f)$(_LAMBDACTL_COMPLETE=zsh ${words[1]} -- "${(@)words[2,$CURRENT]}" \\
        2>/dev/null)}")
    for line in $told; do
        [[ -n $line ]] || continue
        offers+=("${${line%%$'\\t'*}//:/\\\\:}:${line#*$'\\t'}")
    done
    _describe -V lambdactl offers
}
compdef _lambdactl lambdactl
"""
FISH = """\
function __lambdactl_offers
    set -l words (commandline -opc) (commandline -ct)
    env _LAMBDACTL_COMPLETE=fish $words[1] -- $words[2..-1] 2>/dev/null
end
complete -c lambdactl -f -k -a '(__lambdactl_offers)'
"""
SCRIPTS = {"bash": BASH, "zsh": ZSH, "fish": FISH}


def script(shell: str) -> str:
    """Raises UsageError for a shell that we do not know."""
    if shell not in SCRIPTS:
        raise UsageError(f"there is no completion for {shell}", hint=f"one of {', '.join(SCRIPTS)}")
    return SCRIPTS[shell]


def answer(argv: Sequence[str]) -> int:
    """Print what may follow the words behind ``--``; the exit code."""
    from lambdactl.cli.completing import offers

    words = list(argv[1:]) if argv[:1] == ["--"] else list(argv)
    *before, current = words or [""]
    for word, about in offers(before, current):
        sys.stdout.write(f"{word}\t{about}\n" if about else f"{word}\t\n")
    return 0
