"""Measures and prints the table of run.sh, which says what it takes.

Times are processor time (user and system) of one process on one core, medians of runs that take turns; only the rows
for two threads go by the clock on the wall. The yardstick is XXH3_64bits over each document in memory.
"""
import argparse
import datetime
import json
import os
import platform
import shutil
import statistics
import subprocess
import sys
import venv

CORE = max(os.sched_getaffinity(0))
THRESHOLD = '0.8'
YARDSTICK = 'XXH3_64bits'
HERE = os.path.dirname(os.path.abspath(__file__))
LEVELS = ['avx512vbmi', 'avx512', 'avx2', 'sse42', 'sse2', 'scalar']
PEERS = {'datasketch': 'update_batch', 'datasketch_single': 'update, as its manual has it',
         'rensa': 'RMinHash, 16 bands', 'gaoya': 'MinHashStringIndex'}
SINGLE = ['--threads', '1', '--quiet']
NEAR_DOCUMENTS = ['--clean', 'off', '--paragraphs', 'off', '--containment', 'off']


def note(text):
    print(text, file=sys.stderr, flush=True)


class Usage:
    """What a process took: seconds of processor, seconds of wall clock, bytes of memory at its peak."""

    def __init__(self, command, cores=(CORE,), environment=None, output=subprocess.DEVNULL):
        begin = os.times().elapsed
        process = subprocess.Popen(command, stdout=output, stdin=subprocess.DEVNULL,
                                   env={**os.environ, **(environment or {})},
                                   preexec_fn=lambda: os.sched_setaffinity(0, cores))
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        self.wall = os.times().elapsed - begin
        self.cpu = usage.ru_utime + usage.ru_stime
        self.system = usage.ru_stime
        self.peak = usage.ru_maxrss * 1024
        if process.returncode not in (0, 1):
            sys.exit(f'{command} ended with {process.returncode}')


class Bench:
    def __init__(self, options):
        self.options = options
        self.work = options.work
        self.programs = os.path.join(options.build, 'tests/bench')
        self.dedup = os.path.join(options.build, 'src/cli/dedup')
        self.out, self.out_is_tree, self.outputs = None, False, 0

    def path(self, *names):
        return os.path.join(self.work, *names)

    def program(self, name):
        return os.path.join(self.programs, 'bench_' + name)

    def make_corpus(self, name, megabytes, tree=True):
        note(f'corpus of {megabytes} MB')
        os.makedirs(self.path(name, 'lines'))
        command = [self.program('corpus'), '-m', str(megabytes), '-s', str(self.options.seed),
                   '-j', self.path(name, 'lines', 'corpus.jsonl'), '-p', self.path(name, 'pairs')]
        if self.options.directory:
            command += ['-d', self.options.directory]
        if tree:
            command += ['-t', self.path(name, 'tree')]
        subprocess.run(command, check=True)

    def exact_pairs(self, name):
        """Pairs of documents at or above the threshold; fold keys go to the files `keys` and `paragraphs`."""
        names = 'tree', 'pairs', 'keys', 'paragraphs'
        output = subprocess.run([self.program('pairs'), '-t', THRESHOLD, *(self.path(name, part) for part in names)],
                                check=True, capture_output=True, text=True).stdout
        return {tuple(sorted(map(int, line.split()[:2]))) for line in output.splitlines()}

    def run_dedup(self, source, arguments, cores=(CORE,)):
        """Runs into a new folder, self.out. Trees are deleted at the end only: for seconds after a deletion ext4
        searches long for each new file, since it does not use the deleted ones' numbers at once."""
        if self.out and not self.out_is_tree:
            shutil.rmtree(self.out)
        self.outputs += 1
        self.out, self.out_is_tree = self.path(f'out{self.outputs}'), source[-1] == 'tree'
        return Usage([self.dedup, '--in', self.path(*source), '--out', self.out, *arguments], cores)

    def named_pairs(self):
        """(dropped, keeper) of each document that the last run dropped."""
        def number(name):
            return int(name.rsplit(':', 1)[1]) - 1

        with open(os.path.join(self.out, '.dedup', 'duplicates.jsonl'), encoding='utf-8') as file:
            entries = [json.loads(line) for line in file]
        return [(number(entry['dropped']), number(entry['kept'])) for entry in entries if entry['unit'] == 'document']

    def survivors_missed(self, pairs):
        """Of the pairs, those that the last run left both members of; and how many it dropped."""
        dropped = {a for a, _ in self.named_pairs()}
        return sum(a not in dropped and b not in dropped for a, b in pairs), len(dropped)

    def stages(self, level, runs, *arguments):
        """{stage: seconds} of the kernels of an instruction set."""
        output = subprocess.run(['taskset', '-c', str(CORE), self.program('kernels'), '-r', str(runs), *arguments,
                                 self.path('main', 'tree')], check=True, capture_output=True, text=True,
                                env={**os.environ, 'DEDUP_ISA': level}).stdout
        return dict(line.split('\t') for line in output.splitlines())

    def yardstick(self):
        return float(self.stages(LEVELS[0], 3, '-o', YARDSTICK)[YARDSTICK])

    def kernels(self):
        """{level: {stage: seconds}} for each instruction set of this machine."""
        result = {}
        for level in LEVELS:
            table = self.stages(level, self.options.runs)
            if table['instruction set'] == level:
                note(f'kernels, {level}')
                result[level] = table
        return result


def tool_commands(bench):
    lines, tree = bench.path('main', 'lines', 'corpus.jsonl'), bench.path('main', 'tree')
    utf8 = {'LC_ALL': 'C.UTF-8'}
    return {
        '`wc -m`, JSON Lines': (['wc', '-m', lines], utf8),
        '`wc -m`, tree': (['sh', '-c', 'find "$0" -type f -exec wc -m {} +', tree], utf8),
        '`xxhsum -H3`, JSON Lines': (['xxhsum', '-q', '-H3', lines], None),
        '`xxhsum -H3`, tree': (['sh', '-c', 'find "$0" -type f -exec xxhsum -q -H3 {} +', tree], None),
    }


def whole_runs(bench):
    """Times of tools and whole runs, which take turns so that all meet the same weather."""
    modes = {'`--clean off --paragraphs off`': ['--clean', 'off', '--paragraphs', 'off'],
             '`--clean off`': ['--clean', 'off'], 'default': []}
    times, walls, peaks = {}, {}, {}
    for run in range(bench.options.runs):
        note(f'whole runs, {run + 1} of {bench.options.runs}')
        times.setdefault(YARDSTICK, []).append(bench.yardstick())
        for name, (command, environment) in tool_commands(bench).items():
            times.setdefault(name, []).append(Usage(command, environment=environment).cpu)
        for mode, arguments in modes.items():
            for kind, source in ('JSON Lines', 'lines'), ('tree', 'tree'):
                usage = bench.run_dedup(('main', source), arguments + SINGLE)
                times.setdefault(f'`dedup` {mode}, {kind}', []).append(usage.cpu)
                peaks[f'{mode}, {kind}'] = max(usage.peak, peaks.get(f'{mode}, {kind}', 0))
        for mode in '`--clean off`', 'default':
            for threads in 1, 2:
                usage = bench.run_dedup(('main', 'lines'), modes[mode] + ['--threads', str(threads), '--quiet'],
                                        os.sched_getaffinity(0))
                walls.setdefault((mode, threads), []).append(usage.wall)
    return ({name: statistics.median(values) for name, values in times.items()},
            {key: statistics.median(values) for key, values in walls.items()}, peaks)


def count_paragraphs(bench):
    with open(os.path.join(bench.out, '.dedup', 'report.json'), encoding='utf-8') as file:
        return json.load(file)['in']['paragraphs']


def make_peers(bench):
    """A Python with the libraries in it."""
    note('installing ' + ', '.join(sorted({name.split('_')[0] for name in PEERS})))
    venv.create(bench.path('venv'), with_pip=True)
    python = bench.path('venv', 'bin', 'python')
    names = sorted({name.split('_')[0] for name in PEERS})
    pip = [python, '-m', 'pip', '--disable-pip-version-check']
    subprocess.run([*pip, 'install', '--quiet', *names], check=True)
    listing = subprocess.run([*pip, 'list', '--format', 'json'], check=True, capture_output=True).stdout
    return python, {item['name']: item['version'] for item in json.loads(listing)}


def peer_run(bench, python, name, keys):
    """Processor time without that of starting, and the pairs found."""
    times = {}
    open(bench.path('empty'), 'w').close()
    for path in bench.path('empty'), keys:
        with open(bench.path('found'), 'w') as output:
            times[path] = Usage([python, os.path.join(HERE, 'peers.py'), name, path, THRESHOLD], output=output).cpu
    with open(bench.path('found')) as output:
        found = {tuple(sorted(map(int, line.split()))) for line in output}
    return times[keys] - times[bench.path('empty')], found


def peers(bench):
    """Lines of the table of peers: name, seconds for documents, for documents and paragraphs, recall, precision."""
    bench.make_corpus('peers', bench.options.peers_mb)
    pairs = bench.exact_pairs('peers')
    ours = statistics.median(bench.run_dedup(('peers', 'lines'), NEAR_DOCUMENTS + SINGLE).cpu
                             for _ in range(bench.options.runs))
    missed, _ = bench.survivors_missed(pairs)
    named = {tuple(sorted(pair)) for pair in bench.named_pairs()}
    both = statistics.median(bench.run_dedup(('peers', 'lines'), ['--clean', 'off'] + SINGLE).cpu
                             for _ in range(bench.options.runs))
    result = [('dedup, files read and written', ours, both, 1 - missed / len(pairs),
               len(named & pairs) / max(1, len(named)))]
    python, versions = make_peers(bench)
    for name, how in PEERS.items():
        note(f'peer {name}')
        library = name.split('_')[0]
        seconds, found = peer_run(bench, python, name, bench.path('peers', 'keys'))
        more, _ = peer_run(bench, python, name, bench.path('peers', 'paragraphs'))
        result.append((f'{library} {versions[library]} ({how})', seconds, seconds + more,
                       len(pairs & found) / len(pairs), len(pairs & found) / max(1, len(found))))
    return result


def large_run(bench):
    """The search within bounds: four million paragraphs with --memory 512M."""
    bench.make_corpus('large', 900, tree=False)
    usage = bench.run_dedup(('large', 'lines'), ['--memory', '512M', *SINGLE])
    return count_paragraphs(bench), usage


def first_line(command):
    return subprocess.run(command, capture_output=True, text=True).stdout.split('\n')[0]


def processor():
    with open('/proc/cpuinfo', encoding='utf-8') as file:
        names = [line.split(':', 1)[1].strip() for line in file if line.startswith('model name')]
    return f'{names[0] if names else platform.machine()}, {len(os.sched_getaffinity(0))} cores'


def compiler(bench):
    with open(os.path.join(bench.options.build, 'CMakeCache.txt'), encoding='utf-8') as file:
        cache = dict(line.split('=', 1) for line in file.read().split('\n') if '=' in line)
    path = next(value for key, value in cache.items() if key.startswith('CMAKE_C_COMPILER:'))
    return f"{first_line([path, '--version'])}, {cache.get('CMAKE_BUILD_TYPE:STRING', '')}"


def table(head, rows):
    print('| ' + ' | '.join(head) + ' |')
    print('|---' * len(head) + '|')
    for row in rows:
        print('| ' + ' | '.join(row) + ' |')
    print()


def speed_row(name, seconds, size, yardstick):
    return name, f'{size / seconds / 1e6:,.0f}', f'{yardstick / seconds:.4f}'


def main():
    parser = argparse.ArgumentParser(prog='run.sh')
    parser.add_argument('directory', nargs='?')
    parser.add_argument('--mb', type=float, default=200)
    parser.add_argument('--peers-mb', type=float, default=10)
    parser.add_argument('--runs', type=int, default=5)
    parser.add_argument('--seed', type=int, default=1)
    parser.add_argument('--quick', action='store_true')
    parser.add_argument('--no-peers', action='store_true')
    parser.add_argument('--build', required=True, help=argparse.SUPPRESS)
    parser.add_argument('--work', required=True, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.quick:
        options.runs = 3
    bench = Bench(options)
    load = os.getloadavg()[0]

    bench.make_corpus('main', options.mb)
    kernels = bench.kernels()
    best = next(iter(kernels.values()))
    size = float(best['bytes'])
    times, walls, peaks = whole_runs(bench)
    yardstick = times.pop(YARDSTICK)
    paragraphs = count_paragraphs(bench)
    pairs = bench.exact_pairs('main')
    bench.run_dedup(('main', 'lines'), NEAR_DOCUMENTS + SINGLE)
    missed, dropped = bench.survivors_missed(pairs)

    words = [word for word in sys.argv[1:] if word not in ('--build', options.build, '--work', options.work)]
    print(f'Machine: {processor()}. Compiler: {compiler(bench)}. Date: {datetime.date.today()}. '
          f"Command: `{' '.join(['tests/bench/run.sh', *words])}`. Load before and after: {load:.1f}, "
          f'{os.getloadavg()[0]:.1f}.\n')
    print(f"Corpus: {size / 1e6:.0f} MB of text, {int(best['documents']):,} documents, {paragraphs:,} paragraphs, "
          f'{len(pairs):,} pairs at or above {THRESHOLD}.\n')
    others = 'instruction set', 'documents', 'bytes', 'key characters', 'checksum', YARDSTICK
    stages = [stage for stage in best if stage not in others]
    table(['in memory, x XXH3', *kernels],
          [[stage, *(f'{float(k[YARDSTICK]) / float(k[stage]):.3f}' for k in kernels.values())] for stage in stages])
    table(['one core', 'MB/s', 'x XXH3'],
          [speed_row(f'{YARDSTICK} of each document in memory', yardstick, size, yardstick),
           *(speed_row(name, seconds, size, yardstick) for name, seconds in times.items())])
    table(['whole run', 'peak memory, MB', 'bytes for each paragraph'],
          [[name, f'{peak / 1e6:,.0f}', f'{peak / paragraphs:,.0f}'] for name, peak in peaks.items()])
    table(['two threads, by the wall clock', 'x one thread'],
          [[mode, f'{walls[mode, 1] / walls[mode, 2]:.2f}'] for mode in ('`--clean off`', 'default')])
    print(f'Recall: {missed} of {len(pairs):,} pairs survived as a pair ({1 - missed / len(pairs):.5f}); '
          f'{dropped:,} documents were dropped.\n')
    if not options.no_peers:
        rows = peers(bench)
        table([f'{options.peers_mb:g} MB, threshold {THRESHOLD}', 'documents, s', 'and paragraphs, s', 'dedup is faster',
               'with paragraphs', 'recall', 'precision'],
              [[name, f'{one:.3f}', f'{both:.3f}', f'{one / rows[0][1]:.0f} x', f'{both / rows[0][2]:.0f} x',
                f'{recall:.3f}', f'{precision:.3f}'] for name, one, both, recall, precision in rows])
    if not options.quick:
        count, usage = large_run(bench)
        print(f'{count:,} paragraphs with `--memory 512M`: peak {usage.peak / 1e6:,.0f} MB, {usage.cpu:.1f} s.')


if __name__ == '__main__':
    main()
