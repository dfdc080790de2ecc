//! The audit log: one whole line a decision, whoever else writes and whatever happened before; never a value.

use std::io::Write as _;

use serde_json::Value;

use super::*;

fn events(dir: &Dir, name: &str) -> Vec<Value> {
    let text = dir.read(name);
    assert!(text.ends_with('\n'), "{text}");
    text.lines()
        .map(|line| serde_json::from_str(line).unwrap_or_else(|error| panic!("{error}: {line}")))
        .collect()
}

#[test]
fn every_decision_is_one_event_with_its_circumstances() {
    let dir = Dir::new();
    let log = dir.path("audit.jsonl");
    let server = Server::new(&dir, &format!("--audit {}", log.display()));
    let old = server.dev.git(&["rev-parse", "HEAD"]);
    let new = server.dev.commit(&format!("{}.env", made::token(3)), line(1));
    assert!(!server.push(&["main", "main~1:refs/heads/b"]).git.success());
    server.dev.git(&["reset", "--quiet", "--hard", "HEAD~1"]);
    server.dev.commit("a", "1\n");
    server.push(&["main"]).passes();
    let text = dir.read("audit.jsonl");
    for value in [made::token(1), made::token(3)] {
        assert!(!text.contains(&value), "{text}");
    }
    let [blocked, passed] = &*events(&dir, "audit.jsonl") else { panic!("{text}") };
    for event in [blocked, passed] {
        assert_eq!(event["event"]["action"], "pre-receive");
        assert_eq!(event["event"]["kind"], "event");
        assert!(event["event"]["duration"].as_u64().is_some_and(|it| it > 0), "{event}");
        for name in ["start", "end"] {
            let time = event["event"][name].as_str().expect("text");
            time.parse::<jiff::Timestamp>().expect("RFC 3339");
        }
        assert_eq!(event["@timestamp"], event["event"]["end"]);
        assert!(event["ecs"]["version"].is_string() && event["observer"]["version"].is_string());
        for name in ["policy", "pack"] {
            assert_eq!(event["leakgate"][name]["hash"].as_str().map(str::len), Some(64), "{event}");
        }
        assert_eq!(event["leakgate"]["complete"], true);
        assert!(event["leakgate"]["repository"].as_str().is_some_and(|it| it.contains("there.git")));
    }
    let ours = &blocked["leakgate"];
    assert_eq!(
        (&ours["decision"], &ours["reason"], &ours["status"]),
        (&"block".into(), &"secrets".into(), &1.into())
    );
    assert_eq!(ours["refs"][0], serde_json::json!({ "name": "refs/heads/main", "old": old, "new": new }));
    assert_eq!(ours["refs"][1]["name"], "refs/heads/b");
    assert_eq!(ours["findings"]["count"], 2);
    assert_eq!(ours["findings"]["list"][0]["commit"], new);
    assert!(
        ours["findings"]["list"][0]["fingerprint"].as_str().is_some_and(|it| it.starts_with("github-pat"))
    );
    assert_eq!(ours["coverage"]["commits"]["read"], 1);
    let ours = &passed["leakgate"];
    assert_eq!(
        (&ours["decision"], &ours["reason"], &ours["status"]),
        (&"pass".into(), &"clean".into(), &0.into())
    );
}

#[test]
fn the_servers_word_for_the_pusher_is_kept() {
    let dir = Dir::new();
    let repo = dir.repo("repo");
    repo.commit("a", "1\n");
    let run = |name: &str| {
        let mut command = repo.leakgate(&["range", "HEAD..HEAD", "--audit", "../log"]);
        assert!(Ran::of(command.env(name, "ann").env("USER", "git")).success());
    };
    ["GL_USERNAME", "GITEA_PUSHER_NAME", "GITHUB_USER_LOGIN", "REMOTE_USER"].into_iter().for_each(run);
    assert!(events(&dir, "log").iter().all(|event| event["user"]["name"] == "ann"));
    run("UNKNOWN");
    assert_eq!(events(&dir, "log")[4]["user"]["name"], "git");
}

#[test]
fn writers_in_parallel_lose_and_mix_nothing() {
    let dir = Dir::new();
    let repo = dir.repo("repo");
    repo.commit("a", "1\n");
    repo.commit("app.env", line(1));
    let running: Vec<_> = (0..24)
        .map(|number| {
            let range = if number % 2 == 0 { "HEAD~1..HEAD" } else { "HEAD..HEAD" };
            let mut command = repo.leakgate(&["range", range, "--audit", "../log", "--output", "/dev/null"]);
            command.spawn().expect("it runs")
        })
        .collect();
    let statuses: Vec<_> =
        running.into_iter().map(|mut child| child.wait().expect("it ran").code()).collect();
    let events = events(&dir, "log");
    assert_eq!(events.len(), 24);
    let blocked = events.iter().filter(|event| event["leakgate"]["status"] == 1).count();
    assert_eq!(blocked, statuses.iter().filter(|status| **status == Some(1)).count());
    assert_eq!(blocked, 12);
}

#[test]
fn threads_that_append_at_once_keep_their_lines_whole() {
    let dir = Dir::new();
    let path = dir.path("log");
    std::thread::scope(|scope| {
        for writer in 0..8 {
            let path = &path;
            scope.spawn(move || {
                for number in 0..25 {
                    let line = format!("{}\n", format!("{writer}-{number} ").repeat(3000));
                    leakgate::audit::append(path, line.as_bytes()).expect("writable");
                }
            });
        }
    });
    let text = dir.read("log");
    let mut firsts: Vec<_> = text.lines().map(|line| line.split(' ').next().expect("a word")).collect();
    assert!(
        text.lines().all(|line| line.split(' ').filter(|it| !it.is_empty()).all(|it| line.starts_with(it)))
    );
    firsts.sort_unstable();
    firsts.dedup();
    assert_eq!(firsts.len(), 200);
}

#[test]
fn a_torn_last_line_is_left_behind_and_the_next_one_is_whole() {
    let dir = Dir::new();
    let repo = dir.repo("repo");
    repo.commit("a", "1\n");
    let run = || repo.run(&["range", "HEAD..HEAD", "--audit", "../log"]);
    assert!(run().success());
    let mut file = fs::File::options().append(true).open(dir.path("log")).expect("it was written");
    file.write_all(br#"{"@timestamp":"2001-0"#).expect("writable");
    drop(file);
    assert!(run().success());
    assert!(run().success());
    let text = dir.read("log");
    let whole: Vec<bool> = text.lines().map(|line| serde_json::from_str::<Value>(line).is_ok()).collect();
    assert_eq!(whole, [true, false, true, true]);
}

#[test]
fn without_its_record_no_push_passes_and_a_failure_is_on_record() {
    let dir = Dir::new();
    let server = Server::new(&dir, "--audit /no/such/folder/log");
    server.dev.commit("a", "1\n");
    let pushed = server.push(&["main"]);
    assert!(!pushed.git.success() && pushed.git.stderr.contains("audit log"), "{}", pushed.git.stderr);

    let log = dir.path("audit.jsonl");
    server.hook(&format!("--audit {} --policy-from no-such-ref", log.display()));
    assert!(!server.push(&["main"]).git.success());
    let [event] = &*events(&dir, "audit.jsonl") else { panic!("{}", dir.read("audit.jsonl")) };
    assert_eq!(event["event"]["outcome"], "failure");
    assert_eq!((&event["leakgate"]["decision"], &event["leakgate"]["status"]), (&"block".into(), &2.into()));
}
