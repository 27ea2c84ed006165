#!/bin/sh
# The main job from start to finish, in a store of its own: what `make demo` runs.
set -eu
cd "$(dirname "$0")/.."

SENTIJOB_DB=.demo/demo.db
export SENTIJOB_DB

stop_worker() {
    if [ -e "$SENTIJOB_DB" ]; then
        sentijob worker stop >/dev/null 2>&1 || true
    fi
}

show() {
    printf '\n$ sentijob %s\n' "$*"
    sentijob "$@"
}

stop_worker # of a demo that was interrupted
rm -rf .demo
mkdir .demo
trap stop_worker EXIT
trap 'exit 130' INT TERM

show submit -f examples/reviews.csv
show worker start
show wait b1
show status b1
show list --batch b1 --label negative --sort score --limit 5
show list --batch b1 --label positive --sort score --limit 5
show results b1 -o .demo/scored.csv
show stats
show worker stop

cat <<'EOF'

Done: every review is scored, and .demo/scored.csv has the results beside your own columns.
Go on in the same store:

  . .venv/bin/activate && export SENTIJOB_DB=.demo/demo.db
  sentijob status @last                            # all that is known of one review
  sentijob results b1 --label positive | head      # JSON lines, for other programs
  sentijob run "Not bad at all."                   # one text, here and now
  sentijob --help                                  # all there is
EOF
