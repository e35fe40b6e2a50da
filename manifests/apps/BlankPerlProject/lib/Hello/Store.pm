# SPDX-License-Identifier: Apache-2.0
# The database through DBI: SQLite, MySQL, MariaDB or SQL Server, as settings.ini says.
package Hello::Store;

use strict;
use warnings;
use Time::HiRes ();

use constant KEPT => 50;

sub new {
    my ($class, $settings) = @_;
    return bless {settings => $settings}, $class;
}

# A connection that answers; dies when there is none.
sub dbh {
    my ($self) = @_;
    return $self->{dbh} if $self->{dbh} && $self->{pid} == $$ && $self->{dbh}->ping;
    eval { require DBI; 1 } or die "the module DBI is not installed\n";
    my ($dsn, %options) = $self->_source;
    my @account = map { $self->{settings}->text('database', $_) } qw(user password);
    $self->{dbh} = DBI->connect($dsn, @account, {RaiseError => 1, PrintError => 0, AutoCommit => 1, %options});
    $self->{pid} = $$;
    return $self->{dbh};
}

sub _source {
    my ($self) = @_;
    my $settings = $self->{settings};
    my $engine = lc $settings->text('database', 'engine', 'sqlite');
    my ($name, $host, $port) = map { $settings->text('database', $_) } qw(name host port);
    if ($engine eq 'sqlite') {
        $name = $settings->root . "/$name" if $name !~ m{\A(?:/|[A-Za-z]:)};
        return "dbi:SQLite:dbname=$name", sqlite_unicode => 1;
    }
    if ($engine eq 'mysql' || $engine eq 'mariadb') {
        my $address = "database=$name" . ($host ne '' ? ";host=$host" : '') . ($port ne '' ? ";port=$port" : '');
        return "dbi:MariaDB:$address" if eval { require DBD::MariaDB; 1 };
        return "dbi:mysql:$address", mysql_enable_utf8mb4 => 1;
    }
    if ($engine eq 'sqlserver') {
        my $trust = $host =~ /\A(?:\.|\(local\)|localhost|127\.0\.0\.1)?(?:\\|\z)/i ? ';TrustServerCertificate=yes' : '';
        my $server = ($host ne '' ? $host : '(local)') . ($port ne '' ? ",$port" : '');
        my $login = $settings->text('database', 'user') eq '' ? ';Trusted_Connection=yes' : '';
        return "dbi:ODBC:Driver={ODBC Driver 18 for SQL Server};Server=$server;Database=$name$trust$login";
    }
    die "settings.ini: engine must be sqlite, mysql, mariadb or sqlserver, not \"$engine\"\n";
}

# Name and version of the database server.
sub version {
    my ($self) = @_;
    my $dbh = $self->dbh;
    my $version = $dbh->get_info(18) // '';
    my $name = $dbh->get_info(17) // $dbh->{Driver}{Name};
    $name = 'MariaDB' if $version =~ /MariaDB/;
    $version =~ s/[^0-9.].*//;
    return "$name $version";
}

# The files of the folder migrations that have not been applied, in order.
sub pending {
    my ($self) = @_;
    my %done = map { $_ => 1 } @{ $self->_applied };
    my $folder = $self->{settings}->root . '/migrations';
    opendir my $handle, $folder or die "$folder cannot be read: $!\n";
    return map { "$folder/$_" } grep { /\.sql\z/ && !$done{$_} } sort readdir $handle;
}

sub _applied {
    my ($self) = @_;
    my $dbh = $self->dbh;
    return eval { $dbh->selectcol_arrayref('SELECT version FROM schema_migrations') } // [];
}

# Applies what is pending; returns the names of the files.
sub migrate {
    my ($self) = @_;
    my $dbh = $self->dbh;
    eval { $dbh->selectrow_array('SELECT COUNT(*) FROM schema_migrations'); 1 }
        or $dbh->do('CREATE TABLE schema_migrations (version VARCHAR(100) NOT NULL PRIMARY KEY)');
    my @names;
    for my $file ($self->pending) {
        open my $handle, '<:encoding(UTF-8)', $file or die "$file cannot be read: $!\n";
        my $sql = do { local $/; <$handle> };
        $sql =~ s/^--.*$//mg;
        $dbh->do($_) for grep { /\S/ } split /;\s*$/m, $sql;
        push @names, $file =~ s{.*/}{}r;
        $dbh->do('INSERT INTO schema_migrations (version) VALUES (?)', undef, $names[-1]);
    }
    return @names;
}

# Stores a greeting and forgets the oldest: the table stays small, because anybody may write into it.
sub add_greeting {
    my ($self, $name, $words) = @_;
    my $dbh = $self->dbh;
    my $now = Time::HiRes::time();
    my $id = sprintf '%017.6f%04d', $now, int rand 10_000;
    $dbh->do('INSERT INTO greetings (id, name, words, created) VALUES (?, ?, ?, ?)', undef, $id, $name, $words, int $now);
    my $ids = $dbh->selectcol_arrayref('SELECT id FROM greetings ORDER BY id DESC');
    $dbh->do('DELETE FROM greetings WHERE id = ?', undef, $_) for splice @$ids, KEPT;
    return;
}

# The newest greetings: {name, words, created}.
sub greetings {
    my ($self, $count) = @_;
    my $rows = $self->dbh->selectall_arrayref('SELECT name, words, created FROM greetings ORDER BY id DESC', {Slice => {}});
    splice @$rows, $count if @$rows > $count;
    return @$rows;
}

# (value, remark, usable) for the start page.
sub state {
    my ($self, $debug) = @_;
    my ($name, $waiting) = eval { ($self->version, scalar(my @files = $self->pending)) };
    if (!defined $waiting) {
        my $problem = $@ =~ s/\s+\z//r;
        return 'Not ready', $debug ? $problem : 'It does not answer: see settings.ini', 0;
    }
    return $name, 'connected, up to date', 1 if !$waiting;
    return 'Not ready', "$waiting migrations wait: run deploy.pl", 0;
}

1;
