"""Scratch."""
import json
import pytest
from tests.contract.publishing import BASE, LENS, World, added, claim
from tests.contract.publishing_gitlab import MergeRequest, BOT, AUTHOR
from tests.gitlab_api import User, DEVELOPER, GitLabApi, Fault as GF
from tests.github_api import Fault, GitHubApi, Token
from tests.local_forge.labels import Label

@pytest.fixture
def world(tmp_path, monkeypatch, capsys):
    w=World(tmp_path, monkeypatch, capsys)
    w.push([*BASE[:20], *added(1, 2), *BASE[20:]])
    w.review(claim(1), claim(2))
    return w

@pytest.fixture
def mr(tmp_path, monkeypatch, capsys):
    w=MergeRequest(tmp_path, monkeypatch, capsys)
    w.push([*BASE[:20], *added(1, 2), *BASE[20:]])
    w.review(claim(1), claim(2))
    return w

def show(w, said=None):
    print("SAID", said); print("TITLES", w.titles()); 
    for s in w.summaries(): print("SUMMARY", "\n".join(l for l in s.split("\n") if l and not l.startswith("|")), "\n----")

def test_gl_rename(mr):
    with GitLabApi(mr.project) as api:
        mr.post(api)
        mr.git("mv","app.py","core.py"); mr.git("commit","-qm","mv")
        mr.pushed(mr.git("rev-parse","HEAD"), mr.git("diff","-M","main...HEAD"))
        mr.review(claim(1,file="core.py"), claim(2,file="core.py"), claim(2,file="core.py",quote="line_19 = 19",rule="correctness/off-by-one"))
        show(mr, mr.publish(api))

def test_gl_second_twice(mr):
    with GitLabApi(mr.project) as api:
        mr.post(api)
        mr.push([*BASE[:20], "good_1 = data.get(1)", *added(2, 3), *BASE[20:]])
        mr.review(claim(2), claim(3))
        api.before=("POST","/discussions",lambda: mr.post(api))
        show(mr, mr.publish(api))

def test_gl_two_reviews(mr):
    with GitLabApi(mr.project) as api:
        mr.git("switch","-q","main")
        rules=(mr.folder/".chargehand.toml").read_text().split("\n")
        mr.commit({"web.toml":["fail_on = 'never'", *rules, "name = 'web'"]})
        mr.git("switch","-q","-C","topic"); mr.push([*BASE[:20], *added(1,2,3), *BASE[20:]])
        mr.review(claim(1),claim(2)); mr.post(api)
        mr.review(claim(3),claim(2), options=("--config","web.toml")); mr.post(api)
        show(mr); print([ (s["name"],s["status"]) for s in mr.project.statuses])

def test_label_by_author(world):
    [one,two]=json.loads(world.report.read_text())["findings"]
    world.pull.roles={"author":"admin","dev":"write"}
    world.pull.labels.append(Label(f"chargehand-waive: {one['fingerprint']}","because","author"))
    world.pull.labels.append(Label(f"chargehand-waive: {two['fingerprint']}","because","dev"))
    with GitHubApi(world.pull) as api:
        show(world, world.publish(api))

def test_expired(world):
    fp=json.loads(world.report.read_text())["findings"][0]["fingerprint"]
    with GitHubApi(world.pull) as api:
        world.git("switch","-q","main")
        rules=(world.folder/".chargehand.toml").read_text().split("\n")
        world.commit({".chargehand.toml":[*rules,"[[suppressions]]",f"fingerprint = '{fp}'","reason='known'","until=2099-01-01"]})
        world.git("switch","-q","topic")
        world.review(claim(1),claim(2)); show(world, world.publish(api))
        world.git("switch","-q","main")
        world.commit({".chargehand.toml":[*rules,"[[suppressions]]",f"fingerprint = '{fp}'","reason='known'","until=2020-01-01"]})
        world.git("switch","-q","topic")
        world.review(claim(1),claim(2)); show(world, world.publish(api))

def test_deleted_summary(world):
    with GitHubApi(world.pull) as api:
        world.post(api); world.pull.conversation.clear()
        show(world, world.publish(api))

def test_minimized_summary(world):
    with GitHubApi(world.pull) as api:
        world.post(api); world.pull.conversation[0].is_minimized=True
        show(world, world.publish(api)); print(world.pull.conversation[0].is_minimized)

def test_fork_token(world):
    world.pull.tokens=[Token("ghs_secret", may_write=frozenset())]
    with GitHubApi(world.pull) as api:
        show(world, world.publish(api))

def test_suggestion_accepted(world):
    """The author commits the suggestion: the line is replaced."""
    world.review(claim(1, suggestion="good_1 = data.get(1)", replaces="bad_1 = data[1]"), claim(2))
    with GitHubApi(world.pull) as api:
        world.post(api); print(world.pull.threads[0].comments[0].body)
        world.push([*BASE[:20], "good_1 = data.get(1)", *added(2), *BASE[20:]])
        world.review(claim(2)); show(world, world.publish(api)); print(world.pull.threads[0].comments[0].body)
