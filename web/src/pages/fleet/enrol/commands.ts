// SPDX-License-Identifier: Apache-2.0
// What is typed on a machine so that it comes in. Pure, so that it is tested without a browser.
// No command has the key among its arguments, which other users of the machine see, but that of an installer for Windows.

/** An agent that asks by itself and waits in the lobby. */
export const agentByHand = (server: string): string => `seneschal agent --server ${server} \\
  --state /var/lib/assistant --config-out /etc/assistant/config.json`;

/** A request by any client: the answer has the code to show. */
export const requestByHand = (server: string): string => `curl -fsS ${server}/api/v1/devices/enroll/init \\
  -H 'Content-Type: application/json' -d '{"machine_id":"front-desk"}'`;

export const fromDesk = (server: string): string => `export SENESCHAL_URL=${server}
seneschal login
seneschal device enroll --ssh pc-17 --sudo
seneschal device enroll --batch machines.csv`;

/** The agent with its unit takes the key from a file that only root reads. */
export const agentWithKey = (
    server: string,
    key: string,
): string => `sudo install -D -m 600 /dev/stdin /etc/seneschal/enrollment-key <<'KEY'
${key}
KEY
echo 'SENESCHAL_AGENT_SERVER=${server}' | sudo tee /etc/default/seneschal-agent
sudo systemctl enable --now seneschal-agent`;

/** Without the agent: the installer's contract, the token into a file of root's. */
export const macWithKey = (
    server: string,
    key: string,
): string => `id=$(ioreg -rd1 -c IOPlatformExpertDevice | awk -F'"' '/IOPlatformUUID/{print $4}')
sudo mkdir -p -m 700 /Library/Assistant
curl -fsS -K - ${server}/api/v1/agents/enroll -d "{\\"machine_id\\":\\"$id\\"}" <<'KEY' \\
  | sudo sh -c 'umask 077; cat >/Library/Assistant/enrolled.json'
header = "Content-Type: application/json"
header = "Authorization: Bearer ${key}"
KEY`;

export const windowsWithKey = (server: string, key: string): string => `$key = '${key}'
$id = (Get-ItemProperty HKLM:\\SOFTWARE\\Microsoft\\Cryptography).MachineGuid
$got = Invoke-RestMethod -Method Post -Uri '${server}/api/v1/agents/enroll' \`
  -Headers @{ Authorization = "Bearer $key" } -ContentType 'application/json' \`
  -Body (@{ machine_id = $id; hostname = $env:COMPUTERNAME } | ConvertTo-Json)
$dir = New-Item -Force -ItemType Directory "$env:ProgramData\\Assistant"
icacls $dir /inheritance:r /grant:r '*S-1-5-18:(OI)(CI)F' '*S-1-5-32-544:(OI)(CI)F' | Out-Null
Set-Content -NoNewline "$dir\\token" $got.token`;

export const ansible = (
    server: string,
): string => `ansible all -b -m file -a 'path=/etc/seneschal state=directory mode=0755'
ansible all -b -m copy -a 'src=enrol.key dest=/etc/seneschal/enrollment-key mode=0600'
ansible all -b -m copy -a 'content=SENESCHAL_AGENT_SERVER=${server} dest=/etc/default/seneschal-agent'
ansible all -b -m service -a 'name=seneschal-agent state=restarted enabled=yes'`;

export const innoSetup = (key: string): string => `AssistantSetup.exe /VERYSILENT /ENROLKEY=${key}`;
