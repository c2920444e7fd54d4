"""Asks trec_eval (10.0-rc3, on the PATH or named by TREC_EVAL) about made-up runs: ties, grades, unjudged and unretrieved documents.

Writes trec/cases.json: per query the run, the judgements, and what trec_eval prints (four decimals); and trec/options.json:
the files as text, with queries that have no results, and what trec_eval prints under its options.
"""
import json, os, pathlib, random, subprocess, tempfile

program = os.environ.get('TREC_EVAL', 'trec_eval')
draw = random.Random(20261120)
here = pathlib.Path(__file__).parent
measures = ['map', 'map_cut.3,10', 'P.1,5,10,100', 'recall.5,10,100', 'Rprec', 'recip_rank', 'bpref', 'ndcg', 'ndcg_cut.1,5,10,100',
            'success.1,5,10', 'iprec_at_recall', '11pt_avg', 'set_P', 'set_recall', 'num_rel', 'num_ret']

queries = {}
for q in range(24):
    pool = [f'd{draw.randrange(10 ** draw.choice([2, 3]))}' for _ in range(60)]
    pool = list(dict.fromkeys(pool))
    run = {d: round(draw.random() * 5, draw.choice([0, 1, 3])) for d in pool[:draw.choice([3, 8, 20, 40])]}
    top = draw.choice([1, 1, 3])
    judged = {d: draw.choice([-1, 0, 0, 0] + list(range(1, top + 1))) for d in pool[::draw.choice([1, 2])]}
    if q > 0 and not any(g >= 1 for g in judged.values()):
        judged[pool[0]] = 1
    queries[f'q{q}'] = {'run': list(run.items()), 'qrels': judged}
queries['q0']['qrels'] = {d: 0 for d in queries['q0']['qrels']}

def ask(level):
    with tempfile.TemporaryDirectory() as folder:
        qrels, run = pathlib.Path(folder, 'qrels'), pathlib.Path(folder, 'run')
        qrels.write_text(''.join(f'{q} 0 {d} {g}\n' for q, c in queries.items() for d, g in c['qrels'].items()))
        run.write_text(''.join(f'{q} Q0 {d} 0 {s} made\n' for q, c in queries.items() for d, s in c['run']))
        arguments = [x for m in measures for x in ('-m', m)]
        out = subprocess.run([program, '-q', '-l', str(level), *arguments, str(qrels), str(run)], check=True, capture_output=True, text=True).stdout
    expected = {}
    for line in out.splitlines():
        name, query, value = line.split()
        expected.setdefault(query, {})[name] = float(value)
    return expected

levels = {level: ask(level) for level in (1, 2)}
text = json.dumps({'source': 'trec_eval 10.0-rc3, its printed output on made-up runs and judgements', 'queries': queries, 'expected': levels})
pathlib.Path(here, 'trec', 'cases.json').write_text(text + '\n')

# More measures, and the options that choose queries and documents. Queries a and b have judgements only.
qrels = ''.join(f'{q} 0 {d} {g}\n' for q, c in queries.items() for d, g in c['qrels'].items())
unretrieved = 'a 0 d1 1\na 0 d2 0\nb 0 d3 0\n'
run = ''.join(f'{q} Q0 {d} {i} {s} made\n' for q, c in queries.items() for i, (d, s) in enumerate(c['run']))
more = measures + ['num_q', 'num_rel_ret', 'num_nonrel_judged_ret', 'gm_map', 'gm_bpref', 'Rprec_mult', 'infAP', 'relative_P.3,10', 'set_relative_P', 'set_map', 'set_F', 'utility', 'G', 'binG', 'ndcg_rel', 'Rndcg']

def printed(*options):
    with tempfile.TemporaryDirectory() as folder:
        files = [pathlib.Path(folder, 'qrels'), pathlib.Path(folder, 'run')]
        for file, text in zip(files, (qrels + (unretrieved if '-c' in options else ''), run)): file.write_text(text)
        arguments = [x for m in more for x in ('-m', m)]
        done = subprocess.run([program, "-q", *options, *arguments, *map(str, files)], capture_output=True, text=True)
        if done.returncode: raise SystemExit(done.stderr[-500:])
        return done.stdout

asked = {'plain': [], '-c': ['-c'], '-l 2': ['-l', '2'], '-c -M 5': ['-c', '-M', '5'], '-J': ['-J']}
found = {name: printed(*options) for name, options in asked.items()}
pathlib.Path(here, 'trec', 'options.json').write_text(json.dumps({'source': 'trec_eval 10.0-rc3', 'qrels': qrels + unretrieved, 'run': run, 'printed': found}) + '\n')
